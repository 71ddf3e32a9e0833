"""Worked cases (schema gavel/bidding-cases/1) in the engine's terms: ms, commands, decisions."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bids_service.engine.bid import Bid
from bids_service.engine.book import Command
from bids_service.engine.buy_now import BuyNow
from bids_service.engine.close import Cancel, Close
from bids_service.engine.decision import Accepted, BiddingEvent, Decision, Kind, Reason
from bids_service.engine.formats import Format, SealedBid
from bids_service.engine.increments import IncrementTable
from bids_service.engine.retract import Retract
from bids_service.engine.second_chance import SecondChance
from bids_service.engine.terms import (
    Extension,
    ReservePolicy,
    Ruleset,
    SelfRaise,
    SoftClose,
    Terms,
    Trigger,
)
from bids_service.errors import BadCases

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
_CROWD = re.compile(
    r"(\d+) bidders ([a-z]+)1\.\.\2\1 at (\d+) x(\d+) in order, then (\w+) at (\d+) x(\d+)"
)


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
        ruleset=_ruleset_of(overrides),
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
        return [_word_of(happening) for happening in decision.events] or ["replay"]
    if isinstance(command, Retract):
        return ["retraction.rejected"]
    return [f"{_REJECTED[type(command)]}:{_REASON_WORDS.get(decision.reason, decision.reason)}"]


def format_of(entry: Json) -> Format:
    """The format an entry of `other_formats` names. Raises BadCases."""
    try:
        return Format(entry["format"].removesuffix("_lowest_winning"))
    except ValueError as exc:
        raise BadCases(f"there is no format {entry['format']}") from exc


def sealed_bids_of(bids: str | Sequence[Sequence[Any]]) -> list[SealedBid]:
    """`[[bidder, amount, quantity?], …]`, or the file's sentence about a crowd. Raises BadCases."""
    if not isinstance(bids, str):
        return [SealedBid(*bid) for bid in bids]
    said = _CROWD.fullmatch(bids)
    if said is None:
        raise BadCases(f"can't read the bids {bids!r}")
    count, name, amount, quantity, last, last_amount, last_quantity = said.groups()
    crowd = [SealedBid(f"{name}{n}", int(amount), int(quantity)) for n in range(1, int(count) + 1)]
    return [*crowd, SealedBid(last, int(last_amount), int(last_quantity))]


def _amount(step: Json) -> int:
    # Only a whole number is an amount. 0 isn't one either: the engine refuses it in its own words.
    return step["max"] if type(step.get("max")) is int else 0


def _soft_close_of(soft_close: Json) -> SoftClose:
    return SoftClose(
        window_ms=soft_close["window"] * SECOND_MS,
        extension_ms=soft_close["extend"] * SECOND_MS,
        extension=Extension(soft_close.get("mode", Extension.FROM_BID)),
        trigger=Trigger(soft_close.get("trigger", Trigger.CHANGE)),
    )


def _hard_end_of(case: Json, soft_close: Json) -> int | None:
    hard_end = soft_close.get("hard_end", case.get("hard_end"))
    return None if hard_end is None else hard_end * SECOND_MS


def _ruleset_of(overrides: Json) -> Ruleset:
    return Ruleset(
        reserve=ReservePolicy(overrides.get("reserve", ReservePolicy.JUMP_IF_MAXIMUM_MEETS)),
        self_raise=SelfRaise(overrides.get("self_raise", SelfRaise.NO_PRICE_CHANGE)),
        buy_now_restores=overrides.get("bin_restores", False),
    )


def _word_of(happening: BiddingEvent) -> str:
    match happening.kind:
        case Kind.OUTBID | Kind.CLOSED:
            return f"{happening.kind}:{happening.about}"
        case Kind.SECOND_CHANCE_OFFERED:
            return f"{happening.kind}:{happening.about}@{happening.amount}"
        case kind:
            return kind
