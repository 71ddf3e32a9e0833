"""Bid: review, confirm, result."""

from flask import Blueprint, Response, render_template, request, url_for

from auction_app.accounts.visitor import signed_in
from auction_app.bidding.forms import BidForm
from auction_app.bidding.gateway import Gateway
from auction_app.bidding.model import Ticket
from auction_app.bidding.place_bid import place_bid, result_of
from auction_app.bidding.review_bid import (
    Review,
    check_may_bid,
    read_ticket,
    review_again,
    review_bid,
    sign_ticket,
)
from auction_app.db.rate_limits import BIDS, use_up
from auction_app.errors import BadInput, BidsUnavailable, PriceMoved, TicketRefused
from auction_app.listings.model import Auction
from auction_app.listings.repository import auctions
from auction_app.parts import Parts
from auction_app.web.forms import Notation
from auction_app.web.i18n import _, currency_symbol, decimal_mark
from auction_app.web.negotiation import ItemPage, page, see_other


def pages(parts: Parts, gateway: Gateway, item_page: ItemPage) -> Blueprint:
    """The way of a bid through the pages."""
    views = Blueprint("bidding", __name__)

    @views.post("/auctions/<string:auction_id>/bid/review")
    def review(auction_id: str) -> Response:
        bidder = signed_in(parts)
        auction = _auction(parts, auction_id)
        try:
            check_may_bid(auction, bidder, now_ms=parts.clock())
            form = BidForm.read(request.form, _notation(auction.terms.currency))
            found = review_bid(auction, bidder, form)
        except BadInput as error:
            return item_page(auction_id, typed=request.form.get("maximum", ""), errors=error.fields)
        return _review_page(parts, auction, found)

    @views.post("/auctions/<string:auction_id>/bid")
    def confirm(auction_id: str) -> Response:
        bidder = signed_in(parts)
        ticket = read_ticket(parts.signatures, request.form.get("ticket", ""))
        if ticket.auction_id != auction_id:
            raise TicketRefused("the ticket is for another item")
        use_up(parts.store, BIDS, bidder.id)
        try:
            again = place_bid(parts.store, gateway, ticket, bidder=bidder)
        except PriceMoved:
            auction = _auction(parts, ticket.auction_id)
            return _review_page(parts, auction, review_again(auction, ticket), moved=True)
        except BidsUnavailable as error:
            return _unavailable(parts, ticket, error)
        again_word = "1" if again else None
        return see_other(url_for("bidding.result", key=ticket.key, again=again_word))

    @views.get("/my/bid-results/<string:key>")
    def result(key: str) -> Response:
        me = signed_in(parts)
        found = result_of(parts.store, key, customer=me)
        auction, now_ms = _auction(parts, found.auction_id), parts.clock()
        return page(
            "bidding/bid_result.html",
            result=found,
            auction=auction,
            again="again" in request.args,
            status=auction.status(now_ms),
            now_ms=now_ms,
        )

    return views


def _notation(currency: str) -> Notation:
    return Notation(
        currency=currency, symbol=currency_symbol(currency), decimal_mark=decimal_mark()
    )


def _auction(parts: Parts, auction_id: str) -> Auction:
    with parts.store.reading() as conn:
        return auctions.shown_to(conn, auction_id, None)


def _review_page(
    parts: Parts, auction: Auction, review: Review, *, moved: bool = False
) -> Response:
    return page(
        "bidding/bid_review.html",
        409 if moved else 200,
        auction=auction,
        maximum=review.ticket.maximum,
        ticket=sign_ticket(parts.signatures, review.ticket),
        far_above=review.far_above,
        too_low=review.ticket.maximum.amount_minor < auction.minimum.amount_minor,
        moved=moved,
        now_ms=parts.clock(),
    )


def _unavailable(parts: Parts, ticket: Ticket, error: BidsUnavailable) -> Response:
    body = render_template(
        "bidding/bid_unavailable.html",
        auction=_auction(parts, ticket.auction_id),
        maximum=ticket.maximum,
        ticket=sign_ticket(parts.signatures, ticket),
        title=_("We cannot take bids right now"),
    )
    return Response(body, 503, headers={"Retry-After": str(error.retry_after_s)})
