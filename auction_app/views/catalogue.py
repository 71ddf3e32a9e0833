"""The translations, read from the .po files themselves: nothing to build, nothing to forget."""

from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

FOLDER = Path(__file__).parent.parent / "translations"


@cache
def catalogue(language: str) -> NullTranslations:
    """The messages of a language; the messages themselves where it has no file (English).

    Read once in a process: about 20 ms.
    """
    path = po_file(language)
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def po_file(language: str) -> Path:
    """Where the translations of a language are written."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"
