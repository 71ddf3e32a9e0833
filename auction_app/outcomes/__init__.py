"""Who listens to what happens, inside the transaction: the one table of it."""

from collections.abc import Callable, Sequence
from typing import Any

from service_kit.config import ConfigError
from service_kit.outcomes import Outcomes

from auction_app.accounts import listeners as accounts
from auction_app.accounts.outcomes import AccountBanned, AccountReopened, SessionOpened
from auction_app.alerts import listeners as alerts
from auction_app.config import PAY_WITHIN_DAYS, Hook
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.listings import listeners as listings
from auction_app.listings.outcomes import (
    ListingEdited,
    ListingHidden,
    ListingPublished,
    ListingShown,
)
from auction_app.orders import listeners as orders
from auction_app.orders.listeners import DueDates
from auction_app.orders.outcomes import (
    MessageWritten,
    OrderAdvanced,
    OrderMade,
    RequestAnswered,
    RequestMade,
)
from auction_app.questions import listeners as questions
from auction_app.questions.outcomes import QuestionAnswered, QuestionAsked
from auction_app.search import listeners as search

_Listeners = dict[Any, tuple[Callable[[UnitOfWork, Any], None], ...]]


def _listeners(due: DueDates) -> _Listeners:
    return {
        SessionOpened: (accounts.note_last_seen,),
        AccountBanned: (accounts.end_sessions, accounts.announce_changed),
        AccountReopened: (accounts.announce_changed,),
        ListingPublished: (
            search.index_published,
            alerts.note_listed,
            listings.announce_published,
        ),
        ListingEdited: (search.index_edited, alerts.note_listed, listings.announce_edited),
        ListingHidden: (search.unindex_hidden, listings.announce_seen, orders.hold_unpaid),
        ListingShown: (
            search.index_shown,
            alerts.note_shown,
            listings.announce_seen,
            due.begin_again,
        ),
        OrderMade: (
            due.begin,
            orders.use_kept_address,
            orders.announce_made,
            orders.notify_both_sides,
        ),
        OrderAdvanced: (
            orders.notify_other_side,
            orders.give_money_back,
            orders.announce_advanced,
        ),
        RequestMade: (orders.tell_of_request,),
        RequestAnswered: (orders.tell_of_answer,),
        MessageWritten: (orders.tell_of_message,),
        QuestionAsked: (questions.notify_seller, questions.announce_asked),
        QuestionAnswered: (questions.notify_asker, questions.announce_answered),
    }


def build_outcomes(
    hooks: Sequence[Hook] = (), *, pay_within_days: int = PAY_WITHIN_DAYS
) -> Outcomes[UnitOfWork]:
    """The app's own listeners, then those that each of `hooks` subscribes. Raises ConfigError."""
    outcomes = Outcomes[UnitOfWork]()
    for kind, listeners in _listeners(DueDates(pay_within_days)).items():
        for listener in listeners:
            outcomes.on(kind, listener)
    complaints = [why for hook in hooks if (why := _complaint(hook, outcomes))]
    if complaints:
        raise ConfigError(complaints)
    return outcomes


def _complaint(hook: Hook, outcomes: Outcomes[UnitOfWork]) -> str | None:
    try:
        hook.into(outcomes)
    except ValueError as error:
        return f"AUCTIONS_HOOKS: {error}"
    return None
