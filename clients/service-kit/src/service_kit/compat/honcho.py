"""honcho: which process has stopped, which its manager tells only in words to its printer."""

from typing import Any


def stopped(message: Any) -> str | None:
    """The name of the process that a printer's message says has stopped, if it says so."""
    text = text_of(message)
    if message.name != "system" or " stopped (rc=" not in text:
        return None
    return text.split()[0]


def text_of(message: Any) -> str:
    """What a printer's message says."""
    return message.data if isinstance(message.data, str) else str(message.data, "utf-8")
