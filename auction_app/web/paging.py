"""Pages of a list: the `after` parameter of its address."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from flask import request
from service_kit.paging import cut
from service_kit.problems import Problem

from auction_app.db.paging import Cursor

T = TypeVar("T")
CURSOR = "^([0-9]{1,15})-([a-z0-9]{1,16})$"
"""What the parameter looks like, in the dialect of OpenAPI."""


def cursor_from(arguments: Mapping[str, str]) -> Cursor | None:
    """Where the page before left off; None on the first. Raises Problem 400."""
    text = arguments.get("after")
    if text is None:
        return None
    match = re.match(CURSOR, text, re.ASCII)
    if match is None or text.endswith("\n"):
        raise Problem(400, "The parameter 'after' does not come from a link of ours")
    return Cursor(at_ms=int(match[1]), id=match[2])


def as_text(cursor: Cursor | None) -> str | None:
    """The parameter for the page that begins there."""
    return f"{cursor.at_ms}-{cursor.id}" if cursor else None


def page_of(
    found: Sequence[T], size: int, place: Callable[[T], tuple[int, str]]
) -> tuple[Sequence[T], str | None]:
    """What a page shows of a list of which one item more was fetched, and the parameter for the
    next page; `place` is an item's sort value and id."""
    shown, last = cut(found, size)
    return shown, as_text(Cursor(*place(last))) if last is not None else None


def asked_state(states: Sequence[str]) -> str | None:
    """Which part of a list is asked for; an unknown one is all."""
    asked = request.args.get("state")
    return asked if asked in states else None


def with_state(more: str | None, state: str | None) -> str | None:
    """Where the next page of that part begins."""
    return f"{more}&state={state}" if more and state else more
