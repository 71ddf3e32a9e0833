"""What the machine's own fonts can write."""

from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError
from service_kit.logs import get_logger

log = get_logger(__name__)
_MOST_FONTS = 8


@lru_cache(_MOST_FONTS)
def characters_of(path: Path) -> frozenset[int]:
    """The characters that a font has; none, and a line in the log, where it can't be read."""
    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError) as error:
        log.warning("font unusable", path=str(path), error=f"{type(error).__name__}: {error}")
        return frozenset()
