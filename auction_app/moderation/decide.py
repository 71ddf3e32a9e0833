"""What follows from a decision, and from its being lifted: for the item, its bidding, and people.

An item is hidden for as long as a decision about it, or about its seller's account, holds.
"""

from auction_app.accounts.outcomes import AccountBanned, AccountReopened
from auction_app.accounts.repository import customers
from auction_app.db.ids import new_id
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.listings.outcomes import ListingHidden, ListingShown
from auction_app.listings.repository import auctions
from auction_app.moderation.model import Action, Decision
from auction_app.moderation.remove_message import show_message
from auction_app.moderation.repository import decisions, decrees, reports, statements
from auction_app.moderation.tell import tell, tell_all
from auction_app.notifications.model import StatementKind
from auction_app.orders.cancel_unpaid import cancel_unpaid
from auction_app.orders.settle_sale import settle_sale


def decide(
    act: UnitOfWork, action: Action, customer_id: str, note: str, *, auction_id: str | None = None
) -> None:
    """Hide or end an item of a customer, or close the account. Repeating it changes nothing, also
    when two moderators do it at once: who comes second waits for the first."""
    customers.hold(act.conn, customer_id)
    if any(one.action == action for one in _holding(act, action, customer_id, auction_id)):
        return
    decision = Decision(
        id=new_id(),
        action=action,
        auction_id=auction_id,
        customer_id=customer_id,
        note=note,
        at_ms=act.now_ms,
    )
    decisions.add(act.conn, decision)
    if action == "ban":
        _ban(act, decision)
    elif auction_id is not None:
        _take_off(act, decision, auction_id)
        told: StatementKind = "auction-ended" if action == "end" else "item-removed"
        tell(act, decision, customer_id, told, auction_id=auction_id)


def lift(act: UnitOfWork, decision: Decision, note: str) -> None:
    """Undo what can be undone: show the item again and let the bidding go on, or open the account.
    Bids that were taken back stay so."""
    decisions.lift(act.conn, decision.id, now_ms=act.now_ms)
    if decision.message_id is not None:
        show_message(act, decision.message_id)
    if decision.action == "ban":
        customers.ban(act.conn, decision.customer_id, at_ms=None)
        act.tell(AccountReopened(decision.customer_id))
        for auction_id, bidder_id in decrees.of_decision(act.conn, decision.id, "bar"):
            decrees.add(
                act.conn,
                decision.id,
                auction_id,
                "unbar",
                bidder_id=bidder_id,
                now_ms=act.now_ms,
            )
    for auction_id in _items_of(act, decision):
        _put_back(act, decision, auction_id, note)
    tell(
        act,
        decision,
        decision.customer_id,
        "message-shown" if decision.message_id else "decision-lifted",
        auction_id=decision.auction_id,
        text=note,
    )


def uphold(act: UnitOfWork, decision: Decision, note: str) -> None:
    """The decision stands after an appeal: what it froze is ended."""
    decisions.reject(act.conn, decision.id, note, now_ms=act.now_ms)
    for auction_id in _items_of(act, decision):
        if _ends(act, auction_id):
            continue
        decrees.add(act.conn, decision.id, auction_id, "end", now_ms=act.now_ms)
        bidders = statements.bidders_in(act.conn, auction_id)
        tell_all(act, decision, bidders, "auction-ended", auction_id)
    tell(
        act,
        decision,
        decision.customer_id,
        "message-stays" if decision.message_id else "appeal-rejected",
        auction_id=decision.auction_id,
        text=note,
    )


def _holding(
    act: UnitOfWork, action: Action, customer_id: str, auction_id: str | None
) -> list[Decision]:
    if action == "ban" or auction_id is None:
        return decisions.bans_of(act.conn, customer_id)
    return decisions.in_force_on(act.conn, auction_id, customer_id)


def _ban(act: UnitOfWork, decision: Decision) -> None:
    banned_id = decision.customer_id
    customers.ban(act.conn, banned_id, at_ms=act.now_ms)
    act.tell(AccountBanned(banned_id))
    for auction_id in decisions.open_auctions_of(act.conn, banned_id):
        _take_off(act, decision, auction_id)
    for auction_id in decisions.open_auctions_with(act.conn, banned_id):
        _take_bids_back(act, decision, auction_id)
    cancel_unpaid(act, banned_id)
    tell(act, decision, banned_id, "account-closed")


def _take_off(act: UnitOfWork, decision: Decision, auction_id: str) -> None:
    """Hide an item, and freeze or end its bidding. One that has ended is hidden, and no more."""
    ends = decision.action == "end"
    if not ends:
        reports.hide(act.conn, auction_id, at_ms=act.now_ms)
        act.tell(ListingHidden(auction_id))
    if _has_ended(act, auction_id):
        return
    is_news = not decrees.ends(act.conn, auction_id)
    decrees.add(act.conn, decision.id, auction_id, "end" if ends else "freeze", now_ms=act.now_ms)
    if is_news:
        bidders = statements.bidders_in(act.conn, auction_id)
        tell_all(act, decision, bidders, "auction-ended" if ends else "bidding-stopped", auction_id)


def _take_bids_back(act: UnitOfWork, decision: Decision, auction_id: str) -> None:
    banned_id = decision.customer_id
    decrees.add(act.conn, decision.id, auction_id, "bar", bidder_id=banned_id, now_ms=act.now_ms)
    bidders = set(statements.bidders_in(act.conn, auction_id))
    if banned_id in bidders:
        concerned = bidders - {banned_id} | {auctions.by_id(act.conn, auction_id).seller_id}
        tell_all(act, decision, sorted(concerned), "bids-removed", auction_id)


def _items_of(act: UnitOfWork, decision: Decision) -> list[str]:
    if decision.message_id is not None:
        return []
    frozen = decrees.of_decision(act.conn, decision.id, "freeze")
    hidden = {auction_id for auction_id, _ in frozen}
    if decision.action == "hide" and decision.auction_id is not None:
        hidden.add(decision.auction_id)  # its bidding was over: there was nothing to freeze
    return sorted(hidden)


def _has_ended(act: UnitOfWork, auction_id: str) -> bool:
    bidding = auctions.by_id(act.conn, auction_id).bidding
    return bidding is not None and bidding.closed


def _ends(act: UnitOfWork, auction_id: str) -> bool:
    """Whether nothing can go on: the bidding has ended, as one does that was frozen for 30 days,
    or will as soon as bids_service hears that it is to."""
    return _has_ended(act, auction_id) or decrees.ends(act.conn, auction_id)


def _put_back(act: UnitOfWork, decision: Decision, auction_id: str, note: str) -> None:
    holding = decisions.in_force_on(act.conn, auction_id, decision.customer_id)
    if any(one.action != "end" for one in holding):
        return  # another decision still keeps it from sight
    reports.hide(act.conn, auction_id, at_ms=None)
    act.tell(ListingShown(auction_id))
    if _ends(act, auction_id):
        settle_sale(act, auction_id, at_ms=act.now_ms)  # it may have been sold before the freeze
        return
    decrees.add(act.conn, decision.id, auction_id, "resume", now_ms=act.now_ms)
    bidders = statements.bidders_in(act.conn, auction_id)
    tell_all(act, decision, bidders, "bidding-resumed", auction_id, text=note)
