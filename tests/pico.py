"""Cuts Pico CSS to what our pages use: `python -m tests.pico` writes what is served.

Pico is kept whole where nobody is served it. Of its rules those stay whose selectors can match
something on a page of ours, and of its variables those that something reads. A test holds that what
is served is what this makes, so whoever uses something new of Pico's runs it again.
"""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
STYLE = ROOT / "clients/service-kit/src/service_kit/style"
WHOLE, CUT = STYLE / "vendor/pico-2.1.1/pico.min.css", STYLE / "static/pico.css"
_PAGES = ("auction_app", "bus/console", "mailer_service/mailbox", "clients/service-kit/src")

_TAGS = frozenset(
    "html body header main footer nav section article aside search h1 h2 h3 h4 h5 h6 p ul ol li dl"
    " dt dd a b strong em i s small mark code kbd samp pre sub sup abbr time blockquote cite hr br"
    " img svg figure figcaption iframe del ins table caption thead tbody tfoot tr th td form label"
    " input textarea select option optgroup button fieldset legend progress details summary".split()
)
"""What stays though a page that has it may just be missing: it comes and goes."""
_TYPES = frozenset(
    "button checkbox date datetime-local email file number password radio reset search submit tel"
    " text time url".split()
)
_TAG = re.compile(r"<([a-z][a-z0-9]*)\b|createElement\(\"(\w+)\"")
_CLASSES = re.compile(r"class(?:Name)?=\"([^\"]*)\"|classList\.\w+\(\"([\w-]+)\"")
_DATA = re.compile(r"\bdata-[a-z-]+")
_VALUE = re.compile(r"\b(type|role|aria-[a-z]+)=\"([\w-]+)\"")
_NEGATED = re.compile(r":not\((?:[^()]|\([^()]*\))*\)")
_PSEUDO = re.compile(r"::?[\w-]+")
_SIMPLE = re.compile(
    r"\[([\w-]+)(?:[*^$~|]?=\"?([\w-]*)\"?)?\]|\.([\w-]+)|(?<![\w.#:-])([a-z][\w]*)"
)


class Used:
    """What stands in the sources of our pages."""

    def __init__(self, sources: list[str]) -> None:
        text = "\n".join(sources)
        self.tags = _TAGS | {first or second for first, second in _TAG.findall(text)}
        self.classes = {it for both in _CLASSES.findall(text) for it in " ".join(both).split()}
        self.data = set(_DATA.findall(text))
        self.values = set(_VALUE.findall(text)) | {("type", it) for it in _TYPES}

    def can_match(self, selector: str) -> bool:
        """Whether something on a page may be what the selector selects."""
        if ":host" in selector or "::-ms" in selector:
            return False
        bare = _PSEUDO.sub("", _NEGATED.sub("", selector))
        return all(self._is_there(*simple) for simple in _SIMPLE.findall(bare))

    def _is_there(self, attribute: str, value: str, klass: str, tag: str) -> bool:
        if attribute:
            if value and attribute in {"type", "role"}:
                return (attribute, value) in self.values
            return attribute in self.data or not attribute.startswith("data-")
        return klass in self.classes if klass else tag in self.tags


def cut(css: str, used: Used, readers: str) -> str:
    """The rules that can match, without the variables that neither they nor `readers` read."""
    kept = "".join(_kept(css, used))
    while (fewer := _without_unread(kept, readers)) != kept:
        kept = fewer
    return kept


def build() -> str:
    """What is served."""
    whole = WHOLE.read_text()
    opening = whole[whole.index("/*!") : whole.index("*/") + 2]
    return f"{opening}\n{cut(whole, Used(_sources('html', 'js')), _readers())}\n"


def _sources(*endings: str) -> list[str]:
    found = (it for at in _PAGES for end in endings for it in (ROOT / at).rglob(f"*.{end}"))
    return [it.read_text() for it in found]


def _readers() -> str:
    ours = [it for it in (ROOT / at for at in _PAGES) for it in it.rglob("*.css")]
    return "".join(it.read_text() for it in ours if it not in {WHOLE, CUT})


def _kept(css: str, used: Used) -> Iterator[str]:
    for head, body in _blocks(re.sub(r"/\*.*?\*/|@charset[^;]*;", "", css, flags=re.DOTALL)):
        if head.startswith(("@media", "@supports")):
            inner = "".join(_kept(body, used))
            if inner:
                yield f"{head}{{{inner}}}"
        elif head.startswith("@"):
            yield f"{head}{{{body}}}"
        elif selectors := [it for it in _selectors(head) if used.can_match(it)]:
            yield f"{','.join(selectors)}{{{body}}}"


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """(what stands before its brace, what stands inside) of each block at the top."""
    start, at = 0, 0
    while (at := css.find("{", start)) >= 0:
        head, end = css[start:at].strip(), _end_of_block(css, at)
        yield head, css[at + 1 : end]
        start = end + 1


def _end_of_block(css: str, at: int) -> int:
    depth, quote = 0, ""
    for index in range(at, len(css)):
        character = css[index]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "{}":
            depth += 1 if character == "{" else -1
            if depth == 0:
                return index
    raise ValueError("a block has no end")


def _selectors(head: str) -> list[str]:
    """The selectors of a list, whose own parentheses may hold lists."""
    found, depth, start = [], 0, 0
    for index, character in enumerate(head):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            found.append(head[start:index])
            start = index + 1
    return [*found, head[start:]]


def _without_unread(css: str, readers: str) -> str:
    read = set(re.findall(r"var\((--[\w-]+)", css + readers))

    def keep(found: re.Match[str]) -> str:
        return found[0] if found[1] in read else ""

    value = r"(?:\"[^\"]*\"|\([^()]*(?:\([^()]*\)[^()]*)*\)|[^;}\"()])*"
    fewer = re.sub(rf"(?<=[{{;])(--[\w-]+):{value};?", keep, css)
    return re.sub(r"[^{}]+\{\}", "", fewer)


if __name__ == "__main__":
    CUT.write_text(build())
