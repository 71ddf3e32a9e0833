"""What moderators see and do. To everybody else these pages do not exist."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, request, url_for
from service_kit.notify import Channel
from service_kit.problems import Problem

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.ids import new_key
from auction_app.errors import BadInput
from auction_app.listings.repository import auctions
from auction_app.moderation.forms import ON_ACCOUNT, ON_ITEM, AccountActForm, ItemActForm
from auction_app.moderation.moderate import act_on_account, act_on_item
from auction_app.moderation.repository import decisions, message_reports, reports
from auction_app.moderation.views.moderators import moderator
from auction_app.parts import Parts
from auction_app.web.i18n import _
from auction_app.web.negotiation import page, see_other
from auction_app.web.paging import cursor_from, page_of

PAGE = 24


def pages(parts: Parts, decree_channel: Channel) -> Blueprint:
    """The queue of reports, and what can be done about an item."""
    views = Blueprint("moderation", __name__)

    def open_reports() -> int:
        with parts.store.reading() as conn:
            return reports.count_waiting(conn) + message_reports.count_waiting(conn)

    @views.app_context_processor
    def badge() -> dict[str, Callable[[], int]]:
        """Asked by the menu of moderators only."""
        return {"open_reports": open_reports}

    @views.get("/moderation")
    def queue() -> Response:
        moderator(parts)
        after = cursor_from(request.args)
        with parts.store.reading() as conn:
            found = reports.queue(conn, after=after, limit=PAGE + 1)
            appeals = decisions.appealed(conn, limit=PAGE)
            messages = message_reports.waiting(conn, limit=PAGE)
        shown, more = page_of(found, PAGE, lambda it: (it.at_ms, it.id))
        return page(
            "moderation/queue.html", reports=shown, messages=messages, appeals=appeals, more=more
        )

    @views.get("/moderation/auctions/<string:auction_id>")
    def item(auction_id: str) -> Response:
        moderator(parts)
        return _item_page(parts, auction_id, {})

    @views.post("/moderation/auctions/<string:auction_id>")
    def act_item(auction_id: str) -> Response:
        me = moderator(parts)
        try:
            form = ItemActForm.read(request.form)
        except BadInput as error:
            return _item_page(parts, auction_id, error.fields)
        with parts.begin() as act:
            act_on_item(act, auction_id, me, form)
        decree_channel.notify()
        flash(_("Done and recorded."))
        return see_other(url_for("moderation.queue"))

    return views


def record(parts: Parts, decree_channel: Channel) -> Blueprint:
    """Accounts that break the rules, and the trail of all that was done."""
    views = Blueprint("moderation_record", __name__)

    @views.get("/moderation/customers/<string:customer_id>")
    def account(customer_id: str) -> Response:
        moderator(parts)
        return _account_page(parts, customer_id, {})

    @views.post("/moderation/customers/<string:customer_id>")
    def act_account(customer_id: str) -> Response:
        me = moderator(parts)
        try:
            form = AccountActForm.read(request.form)
            with parts.begin() as act:
                act_on_account(act, customer_id, me, form)
        except BadInput as error:
            return _account_page(parts, customer_id, error.fields)
        decree_channel.notify()
        flash(_("Done and recorded."))
        return see_other(url_for("moderation_record.trail"))

    @views.get("/moderation/trail")
    def trail() -> Response:
        moderator(parts)
        before = _number(request.args.get("before"))
        with parts.store.reading() as conn:
            found = reports.trail(conn, before=before, limit=PAGE + 1)
        more = found[PAGE - 1][1] if found[PAGE:] else None
        return page(
            "moderation/trail.html", entries=[entry for entry, _id in found[:PAGE]], more=more
        )

    return views


def _item_page(parts: Parts, auction_id: str, errors: dict[str, str]) -> Response:
    with parts.store.reading() as conn:
        auction = auctions.by_id(conn, auction_id)
        seller = customers.by_id(conn, auction.seller_id)
        past = decisions.about(conn, seller.id, limit=PAGE)
        waiting = reports.waiting_on(conn, auction_id)
    useless = {"hide" if auction.hidden else "show"}
    if auction.bidding is None or auction.bidding.closed:
        useless.add("end")
    actions = [
        *(word for word in ON_ITEM if word not in useless),
        _account_action(seller),
    ]
    return page(
        "moderation/item.html",
        422 if errors else 200,
        auction=auction,
        seller=seller,
        past=past,
        reports=waiting,
        now_ms=parts.clock(),
        actions=actions,
        key=new_key(),
        form=request.form,
        errors=errors,
    )


def _account_page(parts: Parts, customer_id: str, errors: dict[str, str]) -> Response:
    with parts.store.reading() as conn:
        customer = customers.by_id(conn, customer_id)
        past = decisions.about(conn, customer_id, limit=PAGE)
    return page(
        "moderation/account.html",
        422 if errors else 200,
        customer=customer,
        past=past,
        actions=[_account_action(customer)],
        key=new_key(),
        form=request.form,
        errors=errors,
    )


def _account_action(customer: Customer) -> str:
    return ON_ACCOUNT[0] if customer.banned_at_ms is None else ON_ACCOUNT[1]


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Problem(400, _("The parameter 'before' does not come from a link of ours"))
    return int(text)
