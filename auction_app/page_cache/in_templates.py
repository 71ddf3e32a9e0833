"""What templates say where something differs from reader to reader, or passes with time."""

from typing import Any

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from auction_app.accounts.visitor import visitor
from auction_app.page_cache.open_text import gap
from auction_app.parts import Parts
from auction_app.web.formats import time_left

_PART, _LEFT = "part ", "left until "
OPEN = "is_written_for_many"
"""The name that is true in a template while it is written for many."""


def install_page_cache(app: Flask, parts: Parts) -> None:
    """Let templates use `personal` and `left_until`, and personal parts `unread`."""

    @pass_context
    def left_until(context: Context, at_ms: int) -> str:
        """The time left, as it is when the page is shown."""
        return gap(f"{_LEFT}{at_ms}") if context.get(OPEN) else time_left(at_ms - parts.clock())

    @app.context_processor
    def own() -> dict[str, int]:
        return {"unread": visitor(parts).unread}

    app.add_template_global(personal)
    app.add_template_global(left_until)


@pass_context
def personal(context: Context, template: str) -> str:
    """A template that knows what is its reader's own, in the place where this stands."""
    if context.get(OPEN):
        return gap(f"{_PART}{template}")
    part: Any = context.environment.get_template(template)
    return Markup(part.render(context.get_all()))  # noqa: S704 - a template escapes for itself


def part_in(name: str) -> str | None:
    """Which template is to fill a gap, if one is."""
    return name.removeprefix(_PART) if name.startswith(_PART) else None


def moment_in(name: str) -> int | None:
    """Until when a gap tells the time that is left, in ms, if it does."""
    return int(name.removeprefix(_LEFT)) if name.startswith(_LEFT) else None
