"""What a mail says, as it is stored: not every version can read what every other wrote."""

from typing import Any, TypeVar

import msgspec

from mailer_service.model.mails import Letter, Notice

T = TypeVar("T")
_READ: dict[type, Any] = {kind: msgspec.json.Decoder(kind).decode for kind in (Letter, Notice)}
"""Made here: what msgspec learns of a dataclass at its first use is half known to another thread
that uses it at that moment, which ends the process."""


def decoded(stored: Any, kind: type[T]) -> T | None:
    """A letter or a notice; None when it is none that this version knows."""
    try:
        read: T = _READ[kind](stored)
        return read
    except (msgspec.DecodeError, TypeError, UnicodeError):
        return None
