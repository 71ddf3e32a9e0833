"""What the operator hears of the bus, when, and in how many mails: pure rules."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bus_drain import Event

from mailer_service.model.entities import MAX_URL_LENGTH
from mailer_service.model.reports import BusReport, State, SubscriptionNews

TOPIC = "bus"
COMPANY_MS = 5_000
"""So long the first report waits for others: who serves fifty subscriptions fails all of them."""
HOUR_MS = 60 * 60 * 1000

_SUBSCRIPTION = re.compile(r"(.*)(/clients/([^/?#]+)/subscriptions/([^/?#]+))", re.ASCII)
_FAMILIES: tuple[frozenset[State], ...] = (
    frozenset({State.FAILING, State.DISABLED, State.RECOVERED}),
    frozenset({State.BEHIND, State.CAUGHT_UP}),
    frozenset({State.DEAD_LETTERS}),
    frozenset({State.RESYNC}),
)
_WELL = frozenset({State.RECOVERED, State.CAUGHT_UP})


def report_from(event: Event) -> BusReport | None:
    """What an event of topic `bus` tells; None for a test, and for what a newer bus may tell."""
    data: Any = event.data if isinstance(event.data, dict) else {}
    state = data.get("state")
    is_known = event.type == "update" and isinstance(state, str) and state in set(State)
    is_named = len(event.url) <= MAX_URL_LENGTH and _SUBSCRIPTION.fullmatch(event.url)
    if event.id is None or not is_known or not is_named:
        return None
    reason = data.get("reason")
    return BusReport(
        id=event.id,
        url=event.url,
        state=State(state),
        at_ms=event.t,
        reason=reason if isinstance(reason, str) else None,
        count=_count(data),
    )


def name_of(url: str) -> str:
    """A subscription as people name it: `client/name`."""
    return "{2}/{3}".format(*_parts(url))


def path_of(url: str) -> str:
    """Where the bus itself has it, wherever that is reached."""
    return _parts(url)[1]


def console_page(url: str) -> str:
    """Its page in the bus's console (docs/decisions/0038-a-page-is-a-document-of-the-api.md)."""
    root, path, *_ = _parts(url)
    return f"{root}/console{path}"


def console_of(url: str) -> str:
    """The first page of that console."""
    return f"{_parts(url)[0]}/console/"


def news(waiting: Sequence[BusReport], told: Sequence[BusReport]) -> list[SubscriptionNews]:
    """What is to be said after these reports, which nobody has heard of, and those told before;
    both in their order. Of what belongs together the last counts, whatever lies between:

    | told before | since then                   | said                               |
    |-------------|------------------------------|------------------------------------|
    |             | failing                      | failing                            |
    |             | failing, disabled            | disabled, since it was failing     |
    |             | failing, recovered           | recovered, from failing until then |
    | failing     | recovered                    | recovered, from failing until then |
    | failing     | recovered, failing           | failing, since the second time     |
    |             | failing, dead letters, behind| one of each                        |

    What is wrong comes first.
    """
    found = [
        _said(url, of_one, before)
        for (url, family), of_one in _by_subject(waiting).items()
        for before in [[one for one in told if one.url == url and one.state in family]]
    ]
    return sorted(found, key=lambda one: one.state in _WELL)


def next_mail_ms(first_ms: int, sent_ms: Iterable[int], per_hour: int) -> int:
    """When the next mail leaves: the first report came at `first_ms`, mails left at `sent_ms`.

    | mails in the hour before | leaves                             |
    |--------------------------|------------------------------------|
    | less than `per_hour`     | after COMPANY_MS                   |
    | `per_hour`               | when the oldest of them is an hour old |
    """
    wanted_ms = first_ms + COMPANY_MS
    lately = sorted(sent_ms)[-per_hour:]
    return max(wanted_ms, lately[0] + HOUR_MS) if len(lately) == per_hour else wanted_ms


def _said(url: str, waiting: Sequence[BusReport], told: Sequence[BusReport]) -> SubscriptionNews:
    last = waiting[-1]
    is_over = last.state in _WELL
    began = list(_trouble_before(last, [*told, *waiting]))
    return SubscriptionNews(
        url=url,
        state=last.state,
        since_ms=began[0].at_ms if began else last.at_ms,
        ended_ms=last.at_ms if is_over else None,
        reason=last.reason,
        count=sum(one.count for one in waiting) if last.state is State.RESYNC else last.count,
    )


def _trouble_before(last: BusReport, history: Sequence[BusReport]) -> Iterator[BusReport]:
    """What led to `last` since all was well before."""
    before = history[:-1] if last.state in _WELL else history
    well = [number for number, one in enumerate(before) if one.state in _WELL]
    return iter(before[well[-1] + 1 :] if well else before)


def _by_subject(
    reports: Iterable[BusReport],
) -> Mapping[tuple[str, frozenset[State]], list[BusReport]]:
    found: dict[tuple[str, frozenset[State]], list[BusReport]] = {}
    for one in reports:
        family = next(family for family in _FAMILIES if one.state in family)
        found.setdefault((one.url, family), []).append(one)
    return found


def _count(data: Mapping[str, Any]) -> int:
    numbers = [data.get(name) for name in ("dead_letters", "from", "to")]
    dead, first, last = (one if isinstance(one, int) and one >= 0 else 0 for one in numbers)
    return dead or (last - first + 1 if last >= first > 0 else 0)


def _parts(url: str) -> tuple[str, ...]:
    found = _SUBSCRIPTION.fullmatch(url)
    if found is None:
        raise ValueError(f"{url} is no subscription's")
    return found.groups()
