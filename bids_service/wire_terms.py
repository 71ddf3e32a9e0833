"""An auction's terms as they are on the wire (docs/protocol.md, auction_app)."""

from typing import Annotated

import msgspec
from service_kit.errors import NotAnAmount
from service_kit.money import Money

from bids_service.engine.increments import IncrementTable
from bids_service.engine.terms import SoftClose, Terms
from bids_service.errors import BadTerms

_Moment = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_Minor = Annotated[int, msgspec.Meta(ge=0, le=10**15)]


class _SoftClose(msgspec.Struct):
    window_ms: _Moment
    extension_ms: _Moment


class WireTerms(msgspec.Struct):
    """`terms` of an auction; what bids_service has no use for is passed over."""

    currency: str
    start_price: dict[str, str]
    increments: list[tuple[_Minor, _Minor]]
    starts_at_ms: _Moment
    ends_at_ms: _Moment
    reserve: dict[str, str] | None = None
    buy_now: dict[str, str] | None = None
    soft_close: _SoftClose | None = None
    hard_end_at_ms: _Moment | None = None
    blocked: frozenset[str] = frozenset()


def terms_from_wire(wire: WireTerms, seller: str) -> Terms:
    """The engine's terms. Raises BadTerms."""
    try:
        return _terms(wire, seller)
    except NotAnAmount as error:
        raise BadTerms(str(error)) from error


def _terms(wire: WireTerms, seller: str) -> Terms:
    return Terms(
        seller=seller,
        currency=wire.currency,
        start_price=_minor(wire.start_price, wire.currency),
        increments=IncrementTable.of(wire.increments),
        starts_at_ms=wire.starts_at_ms,
        ends_at_ms=wire.ends_at_ms,
        reserve=_optional_minor(wire.reserve, wire.currency),
        buy_now=_optional_minor(wire.buy_now, wire.currency),
        soft_close=_soft_close_of(wire.soft_close) if wire.soft_close else None,
        hard_end_at_ms=wire.hard_end_at_ms,
        blocked=wire.blocked,
    )


def _soft_close_of(wire: _SoftClose) -> SoftClose:
    return SoftClose(window_ms=wire.window_ms, extension_ms=wire.extension_ms)


def _optional_minor(amount: dict[str, str] | None, currency: str) -> int | None:
    return None if amount is None else _minor(amount, currency)


def _minor(amount: dict[str, str], currency: str) -> int:
    money = Money.parse(amount)
    if money.currency != currency:
        raise BadTerms("an amount of the terms is in another currency")
    return money.amount_minor
