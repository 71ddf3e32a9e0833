"""The service's errors as problem documents."""

from collections.abc import Callable, Mapping
from typing import Any

from service_kit.errors import KeyReused, NotAnAmount
from service_kit.problems import Problem

from bids_service.errors import (
    AuctionUnreachable,
    StillRunning,
    UnknownAuction,
)

_RETRY_AFTER = {"Retry-After": "2"}


def unknown_auction(_error: UnknownAuction | None = None) -> Problem:
    """No bidding, and no auction to open one for."""
    return Problem(404, "There is no such auction here", reason="unknown_auction")


def _auction_unreachable(_error: AuctionUnreachable) -> Problem:
    return Problem(503, "The auction's terms can't be fetched now", headers=_RETRY_AFTER)


def _key_reused(_error: KeyReused) -> Problem:
    title = "The idempotency key was used for another request"
    return Problem(422, title, reason="idempotency_key_reused")


def _still_running(error: StillRunning) -> Problem:
    return Problem(
        409,
        "The command with this key has not been carried out yet",
        reason="still_running",
        headers={"Location": error.url, "Retry-After": "1"},
    )


def _not_an_amount(error: NotAnAmount) -> Problem:
    title = "This is not an amount that can be bid or offered"
    return Problem(409, title, reason="not_an_amount", detail=str(error))


PROBLEMS: Mapping[type[Exception], Callable[[Any], Problem]] = {
    AuctionUnreachable: _auction_unreachable,
    KeyReused: _key_reused,
    NotAnAmount: _not_an_amount,
    StillRunning: _still_running,
    UnknownAuction: unknown_auction,
}
