"""A seller's sales in order, to go on with from a cursor."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from auction_app.db.store import Store
from auction_app.devices.repository import latest_sale
from auction_app.errors import CursorRefused
from auction_app.orders.model import Order
from auction_app.orders.repository import orders

CURSOR = "^([0-9]{1,9})-([a-z0-9]{1,16})$"
"""The number of a sale and whose it is, in the dialect of OpenAPI."""


@dataclass(frozen=True)
class Sales:
    """Some sales, each with the cursor that comes after it, and the cursor after all of them."""

    found: Sequence[tuple[str, Order]]
    cursor: str


def sales_since(
    store: Store, seller_id: str, since: str | None, *, begins_after: int = 0, limit: int
) -> Sales:
    """What a seller sold after a cursor; without one, after sale number `begins_after`.

    Raises CursorRefused for one of another seller's, and for one that nobody was given yet: who
    went on from there would miss what comes.
    """
    number = begins_after if since is None else _number(since, seller_id)
    with store.reading() as conn:
        found = orders.sales_after(conn, seller_id, number, limit=limit)
        if not found and number > latest_sale(conn, seller_id):
            raise CursorRefused("nobody was given this cursor yet")
    last = found[-1][0] if found else number
    return Sales([(_cursor(at, seller_id), order) for at, order in found], _cursor(last, seller_id))


def _cursor(number: int, seller_id: str) -> str:
    return f"{number}-{seller_id}"


def _number(text: str, seller_id: str) -> int:
    match = re.fullmatch(CURSOR.strip("^$"), text, re.ASCII)
    if match is None or match[2] != seller_id:
        raise CursorRefused("not a cursor of this account's")
    return int(match[1])
