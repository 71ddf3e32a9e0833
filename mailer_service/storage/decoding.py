"""What a mail says, as it is stored: not every version can read what every other wrote."""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def decoded(stored: Any, kind: type[T]) -> T | None:
    """A letter or a notice; None when it is none that this version knows."""
    try:
        return msgspec.json.decode(stored, type=kind)
    except (msgspec.DecodeError, TypeError, UnicodeError):
        return None
