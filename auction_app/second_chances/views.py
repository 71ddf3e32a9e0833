"""Second chances: the seller's page of an ended auction, and the bidder's page of an offer."""

from collections.abc import Iterator
from dataclasses import replace

from flask import Blueprint as PlainBlueprint
from flask import Response, flash, request, url_for
from service_kit.errors import NotAnAmount
from service_kit.money import Money
from service_kit.openapi import Blueprint
from service_kit.problems import Problem

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.accounts.visitor import signed_in
from auction_app.bidding.gateway import Gateway
from auction_app.bidding.model import OPEN_OFFER, Bid
from auction_app.bidding.repository import biddings
from auction_app.db.ids import KEY, new_key
from auction_app.db.rate_limits import SECOND_CHANCES, use_up
from auction_app.errors import BidsUnavailable, CommandRefused, NotFound
from auction_app.listings.model import Auction
from auction_app.listings.repository import auctions
from auction_app.parts import Parts
from auction_app.second_chances import hal as represent
from auction_app.second_chances import repository as second_chances
from auction_app.second_chances.hal import SecondChanceSchema
from auction_app.second_chances.model import WITHDRAWN, SecondChance
from auction_app.second_chances.offers import answer_offer, offer_second_chance
from auction_app.web.i18n import _
from auction_app.web.labels import refusal
from auction_app.web.negotiation import hal, negotiated, page, see_other, wants_hal

_LOOK_BACK = 500


def pages(parts: Parts, gateway: Gateway) -> PlainBlueprint:
    """Offer, and answer an offer."""
    views = PlainBlueprint("second_chances", __name__)
    _add_offering(views, parts, gateway)
    _add_answering(views, parts, gateway)
    return views


def api(parts: Parts) -> Blueprint:
    """An offer's address."""
    views = Blueprint("second_chance", __name__)

    @negotiated(views, "/second-chances/<string:chance_id>", SecondChanceSchema, own=True)
    def look(chance_id: str) -> Response:
        """A second chance, for the bidder to whom it is offered."""
        chance, auction = _mine(parts, chance_id, signed_in(parts))
        now_ms = parts.clock()
        if wants_hal():
            return hal(represent.second_chance(parts.urls, chance, now_ms=now_ms))
        return page(
            "second_chances/second_chance.html",
            chance=chance,
            auction=auction,
            is_open=chance.is_open(now_ms),
            now_ms=now_ms,
        )

    return views


def _add_offering(views: PlainBlueprint, parts: Parts, gateway: Gateway) -> None:
    @views.get("/auctions/<string:auction_id>/second-chances")
    def show(auction_id: str) -> Response:
        return _offering_page(parts, gateway, _own(parts, auction_id, signed_in(parts)))

    @views.post("/auctions/<string:auction_id>/second-chances")
    def offer(auction_id: str) -> Response:
        seller = signed_in(parts)
        auction = _own(parts, auction_id, seller)
        chosen = _losers(parts, auction).get(request.form.get("bidder", ""))
        key = request.form.get("key", "")
        if chosen is None or not KEY.fullmatch(key):
            raise NotFound("no such bidder")
        price = _seen_price(auction)
        use_up(parts.store, SECOND_CHANCES, seller.id)
        try:
            offer_second_chance(
                parts.store,
                gateway,
                auction,
                chosen.bidder_id,
                price=price,
                seller=seller,
                key=f"offer-{seller.id}-{key}",
            )
        except CommandRefused as error:
            if error.reason == "price_changed":
                return _offering_page(parts, gateway, auction, changed=chosen.bidder_id)
            flash(refusal(error.reason))
        else:
            flash(_("It is offered. We tell you when the bidder answers."))
        return see_other(url_for("second_chances.show", auction_id=auction_id))


def _add_answering(views: PlainBlueprint, parts: Parts, gateway: Gateway) -> None:
    @views.get("/auctions/<string:auction_id>/my-offer")
    def of_item(auction_id: str) -> Response:
        """From a mail to the offer that it tells of."""
        me = signed_in(parts)
        with parts.store.reading() as conn:
            chance_id = second_chances.latest_to(conn, me.id, auction_id)
        if chance_id is None:  # the mail may be here before the offer is
            return see_other(url_for("items.show", auction_id=auction_id))
        return see_other(url_for("second_chance.look", chance_id=chance_id))

    @views.post("/second-chances/<string:chance_id>")
    def answer(chance_id: str) -> Response:
        me = signed_in(parts)
        chance, _auction = _mine(parts, chance_id, me)
        if request.form.get("answer") not in ("accept", "decline"):
            raise NotFound("no such answer")
        accept = request.form["answer"] == "accept"
        use_up(parts.store, SECOND_CHANCES, me.id)
        try:
            if chance.status == WITHDRAWN:
                raise CommandRefused("no_offer")
            answer_offer(parts.store, gateway, chance, bidder=me, accept=accept)
        except CommandRefused as error:
            flash(refusal(error.reason))
        else:
            flash(_("It is yours.") if accept else _("You have declined the offer."))
        return see_other(url_for("second_chance.look", chance_id=chance_id))


def _offering_page(
    parts: Parts, gateway: Gateway, auction: Auction, *, changed: str | None = None
) -> Response:
    """To whom the item can be offered, and at what: asked for each time, as a wrong price would
    bind. `changed` is whom it could not be offered to at the price that was seen."""
    with parts.store.reading() as conn:
        offered = {c.bidder_id: c for c in second_chances.of_auction(conn, auction.id)}
    losers, now_ms = _losers(parts, auction), parts.clock()
    closed = auction.bidding is not None and auction.bidding.closed
    bound = any(chance.binds(now_ms) for chance in offered.values())
    prices = _prices(gateway, auction) if losers and closed and not bound else {}
    rows = [
        (mask, prices.get(bid.bidder_id) if prices else None, offered.get(bid.bidder_id))
        for mask, bid in losers.items()
    ]
    return page(
        "second_chances/second_chances.html",
        409 if changed else 200,
        auction=auction,
        rows=rows,
        closed=closed,
        unanswered=prices is None,
        changed=prices.get(changed) if changed and prices else None,
        key=new_key(),
        now_ms=now_ms,
    )


def _prices(gateway: Gateway, auction: Auction) -> dict[str, Money] | None:
    """At what it can be offered, by the bidder's id; None without an answer."""
    try:
        return gateway.shown_prices(auction.id)
    except BidsUnavailable:
        return None


def _seen_price(auction: Auction) -> Money:
    """What the button said. Raises Problem 400."""
    amount = request.form.get("price", "")
    try:
        return Money.parse({"amount": amount, "currency": auction.terms.currency})
    except NotAnAmount as error:
        raise Problem(400, "The field 'price' does not come from a page of ours") from error


def _own(parts: Parts, auction_id: str, me: Customer) -> Auction:
    with parts.store.reading() as conn:
        return auctions.own(conn, auction_id, me)


def _mine(parts: Parts, chance_id: str, me: Customer) -> tuple[SecondChance, Auction]:
    """The offer, which is not open while the house keeps its item or its seller away."""
    with parts.store.reading() as conn:
        chance = second_chances.by_id(conn, chance_id)
        if chance.bidder_id != me.id:
            raise NotFound("somebody else's offer")
        auction = auctions.by_id(conn, chance.auction_id)
        seller_gone = bool(customers.gone(conn, {auction.seller_id}))
    if chance.status == OPEN_OFFER and (auction.hidden or seller_gone):
        return replace(chance, status=WITHDRAWN), auction
    return chance, auction


def _losers(parts: Parts, auction: Auction) -> dict[str, Bid]:
    """The last public bid of each bidder who didn't get it and is still here, by the mask."""
    with parts.store.reading() as conn:
        bids = biddings.history(conn, auction.id, _LOOK_BACK)
        gone = customers.gone(conn, {bid.bidder_id for bid in bids})
    bidding = auction.bidding
    if bidding and bidding.outcome == "sold" and bidding.leader_id:
        gone.add(bidding.leader_id)
    return {
        bid.masked_bidder: bid
        for bid in reversed(bids)
        if bid.bidder_id not in gone and bid.outcome != biddings.RAISED and not bid.retracted_at_ms
    }


def blueprints(parts: Parts, gateway: Gateway) -> Iterator[PlainBlueprint]:
    """All addresses of the feature."""
    yield api(parts)
    yield pages(parts, gateway)
