"""Bid: review, confirm, result."""

from contextlib import suppress
from functools import partial

from flask import Blueprint, Response, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from service_kit.errors import StoreUnavailable

from auction_app.accounts.model import Customer
from auction_app.accounts.visitor import signed_in, this_device
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
from auction_app.bidding.views.typed_amount import forget_typed, keep_typed
from auction_app.db.rate_limits import BIDS, use_up
from auction_app.errors import (
    BadInput,
    BidsUnavailable,
    NoSession,
    PriceMoved,
    SessionExpired,
    TicketRefused,
)
from auction_app.listings.model import Auction
from auction_app.listings.repository import auctions
from auction_app.parts import Parts
from auction_app.web.formats import decimal
from auction_app.web.forms import Notation
from auction_app.web.i18n import _, currency_symbol, decimal_mark
from auction_app.web.negotiation import ItemPage, page, see_other
from auction_app.web.problems import respond, translations
from auction_app.web.session_cookie import SESSION_COOKIE


def pages(parts: Parts, gateway: Gateway, item_page: ItemPage) -> Blueprint:
    """The way of a bid through the pages."""
    views = Blueprint("bidding", __name__)

    @views.post("/auctions/<string:auction_id>/bid/review")
    def review(auction_id: str) -> Response:
        bidder = _bidder(parts)
        auction = _auction(parts, auction_id)
        try:
            check_may_bid(auction, bidder, now_ms=parts.clock())
            form = BidForm.read(request.form, _notation(auction.terms.currency))
            found = review_bid(auction, bidder, form)
        except BadInput as error:
            return item_page(auction_id, typed=request.form.get("maximum", ""), errors=error.fields)
        return forget_typed(_review_page(parts, auction, found))

    @views.post("/auctions/<string:auction_id>/bid")
    def confirm(auction_id: str) -> Response:
        bidder = _bidder(parts)
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

    views.register_error_handler(CSRFError, partial(_without_cookie, parts))
    return views


def _without_cookie(parts: Parts, error: CSRFError) -> Response:
    """The browser forgets the session's cookie when the session ends."""
    is_over = SESSION_COOKIE not in request.cookies and this_device(parts).customer_ids
    if is_over:
        _keep(parts)
    why = SessionExpired("sign in again") if is_over else error
    try:
        return respond(translations()[type(why)](why))
    except StoreUnavailable as outage:  # the page asks who looks
        return respond(translations()[StoreUnavailable](outage))


def _bidder(parts: Parts) -> Customer:
    """Raises NoSession, SessionExpired: then what was typed waits in the browser."""
    try:
        return signed_in(parts)
    except NoSession:
        _keep(parts)
        raise


def _keep(parts: Parts) -> None:
    auction_id = (request.view_args or {})["auction_id"]
    if "ticket" not in request.form:
        keep_typed(parts, auction_id, request.form.get("maximum", ""))
        return
    with suppress(TicketRefused):  # what to keep of it is nobody's
        ticket = read_ticket(parts.signatures, request.form["ticket"])
        keep_typed(parts, ticket.auction_id, decimal(ticket.maximum), of=ticket.bidder_id)


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
