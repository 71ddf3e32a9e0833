"""Worked cases (schema gavel/bidding-cases/1) in the engine's terms: ms, commands, decisions."""

from collections.abc import Mapping
from typing import Any

from bids_service.engine.bid import Bid
from bids_service.engine.book import Command
from bids_service.engine.buy_now import BuyNow
from bids_service.engine.close import Cancel, Close
from bids_service.engine.decision import Accepted, BiddingEvent, Decision, Kind, Reason
from bids_service.engine.increments import IncrementTable
from bids_service.engine.retract import Retract
from bids_service.engine.second_chance import SecondChance
from bids_service.engine.terms import (
    SoftClose,
    Terms,
)

Json = Mapping[str, Any]

SECOND_MS = 1000
A_WEEK_S = 604_800
SELLER = "the seller"

_REASON_WORDS = {
    Reason.NOT_HIGHER_THAN_OWN_MAXIMUM: "not_above_own_max",
    Reason.NOT_AN_AMOUNT: "invalid_amount",
}
_REJECTED = {
    Bid: "bid.rejected",
    BuyNow: "buy_now.rejected",
    Cancel: "cancel.rejected",
    Close: "close.rejected",
    SecondChance: "second_chance.rejected",
}


class BadCases(Exception):
    """A file of worked cases asks for something that is not played here."""


def terms_of(case: Json, tables: Json) -> Terms:
    """The terms of one case. Raises BadCases, BadTerms."""
    if case["increment_table"] not in tables:
        raise BadCases(f"there is no increment table {case['increment_table']}")
    overrides = case.get("ruleset_overrides", {})
    soft_close = overrides.get("soft_close")
    return Terms(
        seller=case.get("seller", SELLER),
        currency=case["currency"],
        start_price=case["start_price"],
        increments=IncrementTable.of(tables[case["increment_table"]]),
        starts_at_ms=case.get("starts_at", 0) * SECOND_MS,
        ends_at_ms=case.get("ends_at", A_WEEK_S) * SECOND_MS,
        reserve=case.get("reserve"),
        buy_now=case.get("buy_now"),
        soft_close=_soft_close_of(soft_close) if soft_close else None,
        hard_end_at_ms=_hard_end_of(case, soft_close or {}),
        blocked=frozenset(case.get("blocked", ())),
    )


def command_of(step: Json, terms: Terms) -> Command:
    """What a step asks for. Raises BadCases for an unknown `op`."""
    match step["op"]:
        case "bid":
            return Bid(
                bidder=step["bidder"],
                maximum=_amount(step),
                currency=step.get("currency", terms.currency),
            )
        case "retract":
            return Retract(bidder=step["bidder"])
        case "buy_now":
            return BuyNow(bidder=step["bidder"])
        case "close":
            return Close()
        case "cancel":
            return Cancel(seller=step.get("seller", terms.seller))
        case "second_chance":
            return SecondChance(seller=step.get("seller", terms.seller), to=step["to"])
        case unknown:
            raise BadCases(f"there is no op {unknown}")


def words_of(command: Command, decision: Decision) -> list[str]:
    """What happened, in the file's words."""
    if isinstance(decision, Accepted):
        return [_word_of(event) for event in decision.events] or ["replay"]
    if isinstance(command, Retract):
        return ["retraction.rejected"]
    return [f"{_REJECTED[type(command)]}:{_REASON_WORDS.get(decision.reason, decision.reason)}"]


def _amount(step: Json) -> int:
    # Only a whole number is an amount. 0 isn't one either: the engine refuses it in its own words.
    return step["max"] if type(step.get("max")) is int else 0


def _soft_close_of(soft_close: Json) -> SoftClose:
    return SoftClose(
        window_ms=soft_close["window"] * SECOND_MS,
        extension_ms=soft_close["extend"] * SECOND_MS,
    )


def _hard_end_of(case: Json, soft_close: Json) -> int | None:
    hard_end = soft_close.get("hard_end", case.get("hard_end"))
    return None if hard_end is None else hard_end * SECOND_MS


def _word_of(event: BiddingEvent) -> str:
    match event.kind:
        case Kind.OUTBID | Kind.CLOSED:
            return f"{event.kind}:{event.about}"
        case Kind.SECOND_CHANCE_OFFERED:
            return f"{event.kind}:{event.about}@{event.amount}"
        case kind:
            return kind
