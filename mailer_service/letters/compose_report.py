"""From what the bus tells of subscriptions to a letter for whoever runs it: pure."""

from collections.abc import Mapping, Sequence

from mailer_service.letters.compose_letter import MOST_ITEMS
from mailer_service.model.entities import Subscription
from mailer_service.model.kinds import BUS_DIGEST
from mailer_service.model.mails import Letter
from mailer_service.model.reports import Operator, State, SubscriptionNews
from mailer_service.notices.reports import console_of, console_page, name_of

_KINDS: Mapping[State, str] = {
    State.FAILING: "subscription-failing",
    State.DISABLED: "subscription-disabled",
    State.RECOVERED: "subscription-recovered",
    State.DEAD_LETTERS: "subscription-dead-letters",
    State.BEHIND: "subscription-behind",
    State.CAUGHT_UP: "subscription-caught-up",
    State.RESYNC: "subscription-resync",
}


def compose_report(
    said: Sequence[SubscriptionNews],
    operator: Operator,
    *,
    address: str,
    number: int,
    now: Subscription | None = None,
) -> Letter:
    """A letter about one subscription, as it is `now` if that is known; or one that sums up what
    is said of several. `number` is of this letter alone."""
    if len(said) == 1:
        return _letter(said[0], operator, address, number, now)
    items = [_letter(one, operator, address, number) for one in said[:MOST_ITEMS]]
    return Letter(
        kind=f"{BUS_DIGEST}:{number}",
        name="",
        address=address,
        locale=operator.locale,
        time_zone=operator.time_zone,
        link=console_of(said[0].url),
        items=tuple(items),
        count=len(said),
    )


def _letter(
    said: SubscriptionNews,
    operator: Operator,
    address: str,
    number: int,
    now: Subscription | None = None,
) -> Letter:
    return Letter(
        kind=f"{_KINDS[said.state]}:{number}",
        name="",
        address=address,
        locale=operator.locale,
        time_zone=operator.time_zone,
        link=console_page(said.url),
        title=name_of(said.url),
        text=_last_answer(said, now),
        reason=said.reason,
        count=said.count,
        since_ms=said.since_ms,
        ended_ms=said.ended_ms,
    )


def _last_answer(said: SubscriptionNews, now: Subscription | None) -> str | None:
    """What the callback has answered: HTTP's and curl's words, the same in every language."""
    if said.ended_ms is not None or now is None or now.last_answer is None:
        return None
    return f"{now.callback}: {now.last_answer}" if now.callback else now.last_answer
