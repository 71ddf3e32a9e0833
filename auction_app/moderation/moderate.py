"""Act on an item or an account that breaks the rules; each act is recorded for ever."""

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotFound, NotPossible
from auction_app.listings.model import Auction
from auction_app.listings.repository import auctions
from auction_app.moderation.decide import decide, lift, uphold
from auction_app.moderation.forms import (
    AccountActForm,
    AppealAnswerForm,
    ItemActForm,
    MessageActForm,
)
from auction_app.moderation.model import Decision
from auction_app.moderation.repository import decisions, reports
from auction_app.moderation.tell import tell_reporters
from auction_app.payments import repository as payments


def check_moderator(customer: Customer) -> None:
    """Raises NotFound: to others these pages do not exist."""
    if not customer.moderator:
        raise NotFound("for moderators")


def act_on_item(act: UnitOfWork, auction_id: str, moderator: Customer, form: ItemActForm) -> None:
    """Leave, hide, show or end an item, or close or open its seller's account; settles its
    reports. The form's `note` says why, to all whom it concerns.

    Raises NotFound, NotPossible.
    """
    check_moderator(moderator)
    auction = auctions.by_id(act.conn, auction_id)
    if is_done(act, auction.seller_id, form.key):
        return
    subject = act.urls.auction(auction.id)
    if form.action in {"ban", "unban"}:
        subject = act.urls.customer(auction.seller_id)
        _on_account(act, auction.seller_id, form.action, form.note)
    else:
        _on_item(act, auction, form.action, form.note)
    tell_reporters(act, auction.id, form.note)
    reports.settle_reports(act.conn, auction.id, now_ms=act.now_ms)
    record(act, moderator, form, subject)


def act_on_account(
    act: UnitOfWork, customer_id: str, moderator: Customer, form: AccountActForm
) -> None:
    """Close an account, which ends its sessions at once, or open it again.

    Raises NotFound.
    """
    check_moderator(moderator)
    customers.by_id(act.conn, customer_id)
    if is_done(act, customer_id, form.key):
        return
    _on_account(act, customer_id, form.action, form.note)
    record(act, moderator, form, act.urls.customer(customer_id))


def look_again(act: UnitOfWork, payment_id: str, moderator: Customer) -> None:
    """Have a payment that people had to look at looked at anew: somebody has put it right. May be
    repeated; what is not in trouble stays as it is. Raises NotFound."""
    check_moderator(moderator)
    payment = payments.locked(act.conn, payment_id)
    if payment is None:
        raise NotFound("no such payment")
    if payment.trouble is None:
        return
    payments.try_again(act.conn, payment_id, now_ms=act.now_ms)
    url = act.urls.payment(payment_id)
    act.announce("payments", "update", url)  # its order hears of it, and looks too
    reports.note(
        act.conn,
        actor_id=moderator.id,
        action="look-again",
        subject=url,
        note=payment.trouble,
        form_key=None,
        now_ms=act.now_ms,
    )


def answer_appeal(
    act: UnitOfWork, decision_id: str, moderator: Customer, form: AppealAnswerForm
) -> None:
    """Lift the decision, or let it stand; an appeal is answered once.

    Raises NotFound, NotPossible.
    """
    check_moderator(moderator)
    # The account before the decision, as whoever lifts it by the form of the item does.
    if is_done(act, decisions.by_id(act.conn, decision_id).customer_id, form.key):
        return
    decision = decisions.locked(act.conn, decision_id)
    if not decision.waits:
        raise NotPossible("appeal")
    if form.action == "lift":
        lift(act, decision, form.note)
    else:
        uphold(act, decision, form.note)
    record(act, moderator, form, act.urls.absolute(f"/decisions/{decision.id}"))


def _on_item(act: UnitOfWork, auction: Auction, action: str, note: str) -> None:
    if action == "end" and auction.bidding is not None and auction.bidding.closed:
        raise NotPossible("end")
    if action == "hide":
        decide(act, "hide", auction.seller_id, note, auction_id=auction.id)
    elif action == "end":
        decide(act, "end", auction.seller_id, note, auction_id=auction.id)
    elif action == "show":
        for decision in _hides(act, auction):
            lift(act, decision, note)
    act.announce("auctions", "update", act.urls.auction(auction.id))


def _hides(act: UnitOfWork, auction: Auction) -> list[Decision]:
    holding = decisions.in_force_on(act.conn, auction.id, auction.seller_id)
    return [one for one in holding if one.action == "hide"]


def _on_account(act: UnitOfWork, customer_id: str, action: str, note: str) -> None:
    if action == "ban":
        decide(act, "ban", customer_id, note)
        return
    for decision in decisions.bans_of(act.conn, customer_id):
        lift(act, decision, note)


def is_done(act: UnitOfWork, customer_id: str, form_key: str | None) -> bool:
    """Whether this very form was sent before; who sends it at the same moment waits until the
    first is done."""
    customers.hold(act.conn, customer_id)
    return reports.is_noted(act.conn, form_key)


def record(
    act: UnitOfWork,
    moderator: Customer,
    form: ItemActForm | AccountActForm | MessageActForm | AppealAnswerForm,
    subject: str,
) -> None:
    """Add what was done by a form to the trail."""
    reports.note(
        act.conn,
        actor_id=moderator.id,
        action=form.action,
        subject=subject,
        note=form.note,
        form_key=form.key,
        now_ms=act.now_ms,
    )
