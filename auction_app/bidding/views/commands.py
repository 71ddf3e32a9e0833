"""Commands on an item that are asked twice: buy at once, take bids back, end early."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, request, url_for

from auction_app.accounts.model import Customer
from auction_app.accounts.visitor import signed_in
from auction_app.bidding import commands
from auction_app.bidding.gateway import Gateway
from auction_app.db.ids import KEY, new_key
from auction_app.db.rate_limits import BIDS, use_up
from auction_app.errors import BidsUnavailable, CommandRefused, NotFound
from auction_app.listings.model import Auction
from auction_app.listings.repository import auctions
from auction_app.parts import Parts
from auction_app.web.i18n import _
from auction_app.web.negotiation import page, see_other


def pages(parts: Parts, gateway: Gateway) -> Blueprint:
    """A page that says what will happen, and the button that does it."""
    views = Blueprint("commands", __name__)

    @views.get("/auctions/<string:auction_id>/<any('buy-now','retract','end'):command>")
    def ask(auction_id: str, command: str) -> Response:
        return _asking(parts, _auction(parts, auction_id, command, signed_in(parts)), command)

    @views.post("/auctions/<string:auction_id>/<any('buy-now','retract','end'):command>")
    def do(auction_id: str, command: str) -> Response:
        me = signed_in(parts)
        auction = _auction(parts, auction_id, command, me)
        key = request.form.get("key", "")
        if not KEY.fullmatch(key):
            return _asking(parts, auction, command)
        use_up(parts.store, BIDS, me.id)
        try:
            _carry_out(parts, gateway, command)(auction.id, me, f"{command}-{me.id}-{key}")
        except CommandRefused as error:
            return _asking(parts, auction, command, refused=error.reason)
        except BidsUnavailable as error:
            return _asking_again(parts, auction, command, key, error)
        flash(_done(command))
        if auction.hidden:
            return see_other(url_for("my_bids.show"))
        return see_other(url_for("items.show", auction_id=auction_id))

    return views


def _auction(parts: Parts, auction_id: str, command: str, who: Customer) -> Auction:
    with parts.store.reading() as conn:
        # Whoever has bid may leave, also where the house keeps the item from sight.
        if command == "retract":
            auction = auctions.by_id(conn, auction_id)
        else:
            auction = auctions.shown_to(conn, auction_id, who)
    if (command == "end") != (auction.seller_id == who.id):
        raise NotFound("not for this visitor")
    return auction


def _asking(
    parts: Parts, auction: Auction, command: str, *, refused: str | None = None
) -> Response:
    return page(
        "bidding/command.html",
        409 if refused else 200,
        auction=auction,
        command=command,
        refused=refused,
        key=new_key(),
        now_ms=parts.clock(),
    )


def _asking_again(
    parts: Parts, auction: Auction, command: str, key: str, error: BidsUnavailable
) -> Response:
    """The same page with the same key, under which it happens once."""
    answer = page(
        "bidding/command.html",
        503,
        auction=auction,
        command=command,
        refused=None,
        silent=True,
        key=key,
        now_ms=parts.clock(),
    )
    answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


def _carry_out(
    parts: Parts, gateway: Gateway, command: str
) -> Callable[[str, Customer, str], None]:
    def buy(auction_id: str, who: Customer, key: str) -> None:
        commands.buy_now(parts.store, gateway, auction_id, buyer=who, key=key)

    def retract(auction_id: str, who: Customer, key: str) -> None:
        commands.retract(parts.store, gateway, auction_id, bidder=who, key=key)

    def end(auction_id: str, who: Customer, key: str) -> None:
        commands.end_early(parts.store, gateway, auction_id, seller=who, key=key)

    return {"buy-now": buy, "retract": retract, "end": end}[command]


def _done(command: str) -> str:
    return {
        "buy-now": _("It is yours: you bought it at the buy-now price."),
        "retract": _("Your bids are taken back."),
        "end": _("The auction has been called off. Nothing was sold."),
    }[command]
