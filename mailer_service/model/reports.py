"""What the bus tells of a subscription (docs/delivery.md D35), and who is told of it by mail."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What has happened to a subscription: the `state` in an event's `data`."""

    FAILING = "failing"
    DISABLED = "disabled"
    RECOVERED = "recovered"
    DEAD_LETTERS = "dead_letters"
    BEHIND = "behind"
    CAUGHT_UP = "caught_up"
    RESYNC = "resync"


@dataclass(frozen=True, kw_only=True)
class BusReport:
    """An event of topic `bus`, by its `id`, about the subscription at `url`.

    `reason` is why it was disabled (`gone` or `failing`), `count` how many dead letters there are,
    or how many positions of the log are gone.
    """

    id: str
    url: str
    state: State
    at_ms: int
    reason: str | None = None
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class SubscriptionNews:
    """What is to be said of one subscription after all that was told of it: `state` since
    `since_ms`; what is over ended at `ended_ms`."""

    url: str
    state: State
    since_ms: int
    ended_ms: int | None = None
    reason: str | None = None
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class Operator:
    """Who runs the bus: `addresses` get at most `per_hour` mails an hour each."""

    addresses: tuple[str, ...]
    per_hour: int
    locale: str
    time_zone: str
