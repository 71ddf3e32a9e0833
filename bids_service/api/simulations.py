"""How an auction would play out under given terms: nothing of it is stored or told to anybody."""

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

import msgspec
from flask import Response
from flask.views import MethodView
from service_kit.bulkhead import Bulkhead
from service_kit.hal import MEDIA_TYPE, link, resource, respond
from service_kit.money import Money
from service_kit.openapi import Blueprint
from service_kit.problems import Problem

from bids_service.api.commands import who_calls
from bids_service.api.schemas import SimulateSchema, SimulationSchema
from bids_service.engine.bid import Bid
from bids_service.engine.book import Book, Command, play
from bids_service.engine.buy_now import BuyNow
from bids_service.engine.close import Cancel, Close
from bids_service.engine.decision import Decision, Refused
from bids_service.engine.retract import Retract
from bids_service.engine.second_chance import SecondChance
from bids_service.engine.terms import Terms
from bids_service.errors import BadTerms
from bids_service.representations import money, outcome_word, reserve_word
from bids_service.urls import Urls
from bids_service.wire_terms import WireTerms, terms_from_wire

Json = Mapping[str, Any]

SELLER = "the seller"


def _bid(step: Json) -> Bid:
    maximum = Money.parse(step["maximum"])
    return Bid(bidder=step["bidder"], maximum=maximum.amount_minor, currency=maximum.currency)


_COMMANDS: Mapping[str, Callable[[Json], Command]] = {
    "place-bid": _bid,
    "buy-now": lambda step: BuyNow(bidder=step["bidder"]),
    "retract": lambda step: Retract(bidder=step["bidder"]),
    "cancel": lambda _: Cancel(seller=SELLER),
    "close": lambda _: Close(),
    "offer": lambda step: SecondChance(seller=SELLER, to=step["bidder"]),
}


def simulations_blueprint(urls: Urls) -> Blueprint:
    """`POST /simulations`, for any token."""
    blueprint = Blueprint("simulations", __name__)

    @blueprint.route("/simulations")
    class Simulations(MethodView):
        @Bulkhead(at_once=1, waiting=4, wait_s=2)
        @blueprint.arguments(SimulateSchema())
        @blueprint.response(200, SimulationSchema, content_type=MEDIA_TYPE)
        def post(self, body: dict[str, Any]) -> Response:
            """Play steps by the very rules that bids are taken by."""
            who_calls()
            terms, commands = _terms(body["terms"]), _commands(body["steps"])
            steps = [_played(book, decision) for book, decision in play(terms, commands)]
            links = {"self": link(urls.simulations)}
            response = respond(resource({}, links, {"steps": steps}))
            response.headers["Cache-Control"] = "no-store"
            return response

    return blueprint


def _terms(wire: Json) -> Terms:
    try:
        return terms_from_wire(msgspec.convert(wire, WireTerms), SELLER)
    except (msgspec.ValidationError, BadTerms) as error:
        title = "No auction can have these terms"
        raise Problem(422, title, reason="bad_terms", detail=str(error)) from error


def _commands(steps: Iterable[Json]) -> list[tuple[Command, int]]:
    commands = [(_command(step), step["at_ms"]) for step in steps]
    if any(later < earlier for (_, earlier), (_, later) in pairwise(commands)):
        raise Problem(422, "The steps are not in the order of time")
    return commands


def _command(step: Json) -> Command:
    try:
        return _COMMANDS[step["do"]](step)
    except KeyError as missing:
        raise Problem(422, f"A step {step['do']!r} needs {missing}") from missing


def _played(book: Book, decision: Decision) -> dict[str, Any]:
    bidding, currency = book.bidding, book.bidding.terms.currency

    def shown(amount_minor: int | None) -> dict[str, str] | None:
        return None if amount_minor is None else money(amount_minor, currency)

    return _decided(decision, shown) | {
        "price": shown(bidding.price),
        "leader": bidding.leader,
        "minimum": None if bidding.is_closed else shown(bidding.minimum),
        "buy_now": shown(bidding.terms.buy_now) if bidding.buy_now_available else None,
        "reserve": reserve_word(bidding),
        "bid_count": bidding.bid_count,
        "ends_at_ms": bidding.ends_at_ms,
        "outcome": outcome_word(bidding),
    }


def _decided(decision: Decision, shown: Callable[[int], Any]) -> dict[str, Any]:
    if isinstance(decision, Refused):
        return {"accepted": False, "reason": decision.reason, "happened": []}
    happened = [{"kind": one.kind, "about": one.about} for one in decision.events]
    offer = {"offer": shown(decision.offer.price)} if decision.offer else {}
    return {"accepted": True, "reason": None, "happened": happened} | offer
