"""The end of an auction as a calendar file (RFC 5545)."""

from service_kit.clock import utc

from auction_app.listings.model import Auction

_LONGEST_LINE = 75  # bytes of UTF-8 (3.1)


def calendar_file(auction: Auction, url: str, summary: str, *, now_ms: int) -> str:
    """An event at the end, with an alarm a quarter of an hour before; lines end in CRLF."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Gavel//Auctions//EN",
        "BEGIN:VEVENT",
        f"UID:{url}",
        f"DTSTAMP:{_moment(now_ms)}",
        f"DTSTART:{_moment(auction.ends_at_ms)}",
        f"SUMMARY:{_text(summary)}",
        f"URL:{url}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(summary)}",
        "TRIGGER:-PT15M",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _moment(at_ms: int) -> str:
    return f"{utc(at_ms):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    """3.3.11: what has a meaning of its own is escaped."""
    for sign in "\\;,":
        words = words.replace(sign, f"\\{sign}")
    return words.replace("\n", "\\n")


def _folded(line: str) -> str:
    """3.1: a line that is too long goes on after CRLF and a space."""
    parts, part = [], ""
    for sign in line:
        if len(f"{part}{sign}".encode()) > _LONGEST_LINE - 1:
            parts.append(part)
            part = ""
        part += sign
    return "\r\n ".join([*parts, part])
