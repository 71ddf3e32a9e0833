"""Times, counts and answers in words for people; nothing of them acts on a terminal."""

import unicodedata

_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"))


def printable(text: object) -> str:
    """The text on one line, without what would move a terminal's cursor or turn its words round.

    | "a\\x1b[31mb" | "a\\ufffd[31mb" |
    """
    return "".join("\ufffd" if unicodedata.category(one)[0] == "C" else one for one in str(text))


def duration(ms: float) -> str:
    """| 5 -> "5 ms" | 1500 -> "1.5 s" | 90 000 -> "1.5 min" | 7 200 000 -> "2 h" |"""
    for size, unit in _UNITS:
        if abs(ms) >= size:
            return f"{ms / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{ms:.0f} ms"


def since(at_ms: int | None, now_ms: int) -> str:
    """ "3 s ago", "in 2 min", or "-" for no time."""
    if at_ms is None:
        return "-"
    gone_ms = now_ms - at_ms
    return f"{duration(gone_ms)} ago" if gone_ms >= 0 else f"in {duration(-gone_ms)}"


def count(number: int, noun: str) -> str:
    """ "1 event", "1,200 events"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def answer_in_words(status: int | None, error: str | None) -> str:
    """What an attempt got, and what that means."""
    if status is None:
        return f"no answer: {error or 'unknown'}"
    return f"{status}" if error is None else f"{status}: {error}"
