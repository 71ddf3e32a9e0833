"""A receipt as a PDF, by fpdf2 and a font that comes with us, and others for what that lacks
(docs/decisions/0075)."""

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import zip_longest
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace, TTFFont

from auction_app.orders.receipts.more_fonts import characters_of
from auction_app.orders.receipts.wording import Row, Wording

_FONTS = Path(__file__).with_name("fonts")
_FAMILY = "DejaVu"
_UNKNOWN = "\N{WHITE SQUARE}"
_LINE_MM = 6
_PAGE_LINES = 40
_LINE_CHARACTERS = 15
"""Of the widest letters, in the narrower column."""
_LONGEST = 5_000
_FIRST_OF_OTHER_SCRIPTS = "\N{HEBREW ACCENT ETNAHTA}"
"""From here on letters are joined, or run to the left."""
_JOINERS = "\n\N{ZERO WIDTH NON-JOINER}"


def pdf(wording: Wording, *, made_at: datetime, more_fonts: Sequence[Path] = ()) -> bytes:
    """The file, A4. `more_fonts` are asked in order for what ours lacks.

    Takes about 40 ms of CPU, and 200 ms more the first time in a process; where one of `more_fonts`
    is opened, 300 ms and 40 MB more for the 4 MB of a Chinese one.
    """
    with closing(_Sheet(wording, made_at, more_fonts)) as sheet:
        return sheet.file()


class _Sheet:
    """A document under way; all text reaches it through `_say` and `_rows`."""

    def __init__(self, wording: Wording, made_at: datetime, more_fonts: Sequence[Path]) -> None:
        self._wording = wording
        self._lacks = False
        self._pdf = FPDF(format="A4")
        self._pdf.alias_nb_pages("")  # or "{nb}" in a title became a number
        self._pdf.add_font(_FAMILY, "", _FONTS / "DejaVuSans.ttf")
        self._pdf.add_font(_FAMILY, "B", _FONTS / "DejaVuSans-Bold.ttf")
        self._known = set.intersection(*(set(font.cmap) for font in self._fonts()))
        text = "".join(_seen(text) for text in _texts(wording))
        self._fall_back(text, more_fonts)
        if any(character >= _FIRST_OF_OTHER_SCRIPTS for character in text):
            self._pdf.set_text_shaping()
        self._pdf.set_title(self._readable(wording.title))
        self._pdf.set_lang(wording.language)
        self._pdf.set_creation_date(made_at)
        self._pdf.add_page()

    def _fall_back(self, text: str, more_fonts: Sequence[Path]) -> None:
        """Open those of the other fonts that have what is still lacking."""
        lacking, opened = {ord(it) for it in text if it != "\n"} - self._known, []
        for path in more_fonts:
            if lacking and (has := lacking & characters_of(path)):
                opened.append(f"{_FAMILY}, then {path}")
                self._pdf.add_font(opened[-1], "", path)
                self._known |= has
                lacking -= has
        self._pdf.set_fallback_fonts(opened, exact_match=False)

    def file(self) -> bytes:
        self._say("Gavel", size=10)
        self._say(self._wording.title, size=18, bold=True)
        self._rows(self._wording.sides)
        self._rows(self._wording.sums, is_sum=True)
        self._rows(self._wording.paid)
        self._gap()
        self._say(self._wording.note, size=9)
        if self._lacks:
            self._say(self._wording.gaps, size=9)
        return bytes(self._pdf.output())

    def close(self) -> None:
        for font in self._fonts():
            font.close()

    def _fonts(self) -> list[TTFFont]:
        return [font for font in self._pdf.fonts.values() if isinstance(font, TTFFont)]

    def _rows(self, rows: Sequence[Row], *, is_sum: bool = False) -> None:
        """Two columns; a row of several lines stays on one page."""
        self._gap()
        self._pdf.set_font(_FAMILY, "", 11)
        with self._pdf.table(
            borders_layout="HORIZONTAL_LINES" if is_sum else "NONE",
            col_widths=(2, 1) if is_sum else (1, 2),
            first_row_as_headings=False,
            line_height=_LINE_MM,
            v_align="TOP",
            text_align=("LEFT", "RIGHT") if is_sum else "LEFT",
        ) as table:
            for number, row in enumerate(rows, 1):
                is_total = is_sum and number == len(rows)
                style = FontFace(emphasis="BOLD") if is_total else None
                for part in _parts_of(row):
                    table.row([self._readable(text) for text in part], style=style)

    def _say(self, text: str, *, size: int, bold: bool = False) -> None:
        self._pdf.set_font(_FAMILY, "B" if bold else "", size)
        self._pdf.multi_cell(
            0,
            max(_LINE_MM, size / 2),
            self._readable(text),
            align="LEFT",
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def _gap(self) -> None:
        self._pdf.ln(_LINE_MM)

    def _readable(self, text: str) -> str:
        """What the fonts can write of a text, and a square for what they lack."""
        shown = _seen(text)
        readable = "".join(it if it == "\n" or ord(it) in self._known else _UNKNOWN for it in shown)
        self._lacks = self._lacks or _UNKNOWN in readable
        return readable


def _texts(wording: Wording) -> Iterator[str]:
    yield from (wording.title, wording.note, wording.gaps)
    for row in (*wording.sides, *wording.sums, *wording.paid):
        yield from row


def _parts_of(row: Row) -> Iterator[Sequence[str]]:
    """A row as so many that each fits on a page: of what forms take that is one, but a hand at the
    database may have put in more."""
    return zip_longest(*map(_parts, row), fillvalue="")


def _parts(text: str) -> list[str]:
    """Pure; of endless text the rest is left out.

    | text                       | parts                              |
    |----------------------------|------------------------------------|
    | what fills up to 40 lines  | itself                             |
    | more                       | as many as hold it, of up to 40    |
    """
    parts: list[list[str]] = [[]]
    lines = 0
    for line in text[:_LONGEST].split("\n"):
        for at in range(0, len(line) or 1, _LINE_CHARACTERS):
            if lines == _PAGE_LINES:
                parts.append([])
                lines = 0
            lines += 1
            if at == 0 or not parts[-1]:
                parts[-1].append("")
            parts[-1][-1] += line[at : at + _LINE_CHARACTERS]
    return ["\n".join(part) for part in parts]


def _seen(text: str) -> str:
    """Composed, as nothing composes it later, and without what steers other programs: what is to be
    read from right to left says so by its letters."""
    return "".join(it for it in unicodedata.normalize("NFC", text) if _is_seen(it))


def _is_seen(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) not in {"Cc", "Cf"}
