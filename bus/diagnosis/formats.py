"""Spans and counts in words."""

_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"))


def span(ms: int) -> str:
    """The two largest units, the second if it isn't zero.

    | ms     | 400    | 9 000 | 61 000  | 7 200 000 | 93 600 000 |
    |--------|--------|-------|---------|-----------|------------|
    | span   | 400 ms | 9 s   | 1 min 1 s | 2 h     | 1 d 2 h    |
    """
    if ms < 1_000:
        return f"{ms} ms"
    parts: list[str] = []
    for size, unit in _UNITS:
        amount, ms = divmod(ms, size)
        if amount or parts:
            parts.append(f"{amount} {unit}" if amount else "")
    return " ".join(filter(None, parts[:2]))


def ago(at_ms: int, now_ms: int) -> str:
    """Such as "5 min ago", "in 30 s" or "now"."""
    away_ms = at_ms - now_ms
    if abs(away_ms) < 1_000:
        return "now"
    return f"in {span(away_ms)}" if away_ms > 0 else f"{span(-away_ms)} ago"


def plural(number: int, one: str, many: str | None = None) -> str:
    """Such as "1 event", "1,200 events"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
