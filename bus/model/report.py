"""What the bus tells of a subscription, on its own topic (docs/delivery.md D35)."""

from dataclasses import dataclass
from enum import StrEnum


class Alert(StrEnum):
    """What was told of a subscription and isn't over yet."""

    FAILING = "failing"
    DISABLED = "disabled"
    DEAD_LETTERS = "dead_letters"
    LOST = "lost"
    BEHIND = "behind"


class News(StrEnum):
    """What has happened to a subscription: the `state` in an event's `data`."""

    FAILING = "failing"
    DISABLED = "disabled"
    RECOVERED = "recovered"
    DEAD_LETTERS = "dead_letters"
    RESYNC = "resync"
    BEHIND = "behind"
    CAUGHT_UP = "caught_up"


@dataclass(frozen=True, slots=True)
class Report:
    """That something may have to be told of the subscription at `url`: the store knows whether it
    was. `reason`: why it was disabled. `lost`: the first and the last position that are gone."""

    subscription_id: int
    url: str
    news: News
    reason: str | None = None
    lost: tuple[int, int] | None = None


FAILURES_TOLD = 3
"""So many failures in a row are told: one that is over in a second is not."""
_MORE = 10


def is_news(dead_letters: int, told: int | None) -> bool:
    """Whether it is to be told that there are so many dead letters, when `told` were the last time.

    | told         | none | 1      | 1    | 10      | 10    |
    |--------------|------|--------|------|---------|-------|
    | dead letters | any  | 2 to 9 | 10   | to 99   | 100   |
    | is news      | yes  | no     | yes  | no      | yes   |
    """
    return told is None or dead_letters >= _MORE * told
