"""How moments, spans, counts and calls are written; what templates may use."""

import json
import shlex
from typing import Any

import msgspec
from flask import Blueprint, request
from markupsafe import Markup
from service_kit.clock import Clock, utc

from bus.console import plots, reasons
from bus.console.security import PATH

_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"))
_GROWS_AT_MOST = 16


def install(blueprint: Blueprint, now_ms: Clock) -> None:
    """Give the templates their filters and functions."""
    for make in _FILTERS:
        blueprint.add_app_template_filter(make)
    blueprint.add_app_template_filter(lambda at_ms: ago(at_ms, now_ms()), "ago")
    for name in _GLOBALS:
        blueprint.add_app_template_global(name)
    blueprint.add_app_template_global(now_ms, "now_ms")


def moment(at_ms: int) -> Markup:
    """Such as "2026-11-30 08:15:30 UTC", which machines can read too."""
    at = utc(at_ms)
    iso = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Markup('<time datetime="{}">{}</time>').format(iso, f"{at:%Y-%m-%d %H:%M:%S} UTC")


def clock(at_ms: int) -> str:
    """Such as "Mon 08:15", at the edge of a plot."""
    return f"{utc(at_ms):%a %H:%M}"


def ago(at_ms: int, now_ms: int) -> str:
    """Such as "5 min ago", "in 30 s" or "now"."""
    away_ms = at_ms - now_ms
    if abs(away_ms) < 1_000:
        return "now"
    return f"in {span(away_ms)}" if away_ms > 0 else f"{span(-away_ms)} ago"


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


def count(number: int) -> str:
    """With commas between the thousands."""
    return f"{number:,}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """Such as "1 event", "1,200 events"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def answer(found: dict[str, Any] | None) -> str:
    """What came back, in a few words; of an attempt too."""
    if found is None:
        return "never tried"
    if found["status"] is None:
        return found["error"] or "no answer"
    return f"{found['status']}: {found['error']}" if found["error"] else str(found["status"])


def page_url(href: str) -> str:
    """The page of a document of the API."""
    return f"{request.script_root}{PATH}{href}"


def pretty(text: str) -> str:
    """JSON with line breaks, as far as it is whole, its values as they were sent; else, or where it
    is nested to fill pages, the text as it is."""
    try:
        laid_out = msgspec.json.format(text, indent=2)
    except (ValueError, RecursionError):
        return text
    return laid_out if len(laid_out) <= _GROWS_AT_MOST * len(text) else text


def curl(method: str, href: str, body: Any = None) -> str:
    """A call of the API as one types it into a shell, with a placeholder for the token."""
    url = f"{request.host_url.rstrip('/')}{request.script_root}{href}"
    words = ["curl", "-X", method, "-H", '"Authorization: Bearer $BUS_TOKEN"']
    if body is not None:
        words += ["-H", "'Content-Type: application/json'", "-d", shlex.quote(json.dumps(body))]
    return " ".join([*words, shlex.quote(url)])


def again_as_curl(request_of: dict[str, Any], callback: str) -> str:
    """A recorded request as one types it into a shell: without credentials, which are not kept, so
    an endpoint that checks them refuses it."""
    skipped = ("host:", "content-length:", "accept-encoding:")
    lines = [line for line in request_of["head"].splitlines() if ":" in line]
    kept = [line for line in lines if not line.endswith("***")]
    headers = [line for line in kept if not line.lower().startswith(skipped)]
    words = ["curl -i -X POST"]
    words += [f"-H {shlex.quote(line)}" for line in headers]
    words += [f"--data-binary {shlex.quote(request_of['body'])}", shlex.quote(callback)]
    return " ".join(words)


_FILTERS = (moment, clock, span, count, answer, page_url, pretty, plural, plots.short)
_GLOBALS = (reasons.condition, reasons.why, reasons.meaning, plots.plot, curl, again_as_curl)
