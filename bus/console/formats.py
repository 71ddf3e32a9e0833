"""How moments, states, counts and calls are written; what templates may use."""

import json
import shlex
from typing import Any

import msgspec
from flask import Blueprint, request
from markupsafe import Markup, escape
from service_kit.clock import Clock, utc

from bus.console import plots
from bus.console.security import PATH
from bus.diagnosis.formats import ago, plural, span

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


def offers(one: dict[str, Any]) -> list[str]:
    """What a subscription offers now of what comes and goes; "again": it is not resumed but tried
    before its next try."""
    resume = "again" if one["state"] == "active" else "resume"
    names = {"pause": "pause", "resume": resume}
    return [name for relation, name in names.items() if relation in one["_links"]]


def count(number: int) -> str:
    """With commas between the thousands."""
    return f"{number:,}"


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


def coded(text: str) -> Markup:
    """With what stands in back-ticks as code."""
    parts = text.split("`")
    as_code = [Markup("<code>{}</code>").format(part) for part in parts[1::2]]
    shown = [escape(part) for part in parts]
    shown[1::2] = as_code
    return Markup("").join(shown)


def pretty(text: str) -> str:
    """JSON with line breaks, as far as it is whole, its values as they were sent; else, or where it
    is nested to fill pages, the text as it is."""
    try:
        laid_out = msgspec.json.format(text, indent=2)
    except (ValueError, RecursionError):
        return text
    return laid_out if len(laid_out) <= _GROWS_AT_MOST * len(text) else text


def as_json(value: Any, indent: int | None = None) -> str:
    """JSON as it was sent, its order kept; half characters, which are in no text, as escapes."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return text.encode(errors="backslashreplace").decode()


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


_FILTERS = (
    moment,
    coded,
    as_json,
    clock,
    span,
    count,
    offers,
    answer,
    page_url,
    pretty,
    plural,
    plots.short,
)
_GLOBALS = (plots.plot, curl, again_as_curl)
