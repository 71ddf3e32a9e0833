"""What is announced: an entity's change, as its publisher says it."""

from typing import Any, Literal, TypedDict

EventType = Literal["create", "update", "delete", "noop"]


class _Required(TypedDict):
    type: EventType
    url: str


class Event(_Required, total=False):
    """One announcement: `type` and `url` of the entity; `timestamp` in ms since the epoch, when it
    changed; `data` a small hint (at most 64 bytes as JSON by default).

    `id` names it for a publisher that may announce it again (an outbox's row): whoever has taken
    it in this process doesn't get it twice then. A bus across HTTP gives an id of its own.
    """

    id: str
    timestamp: int
    data: dict[str, Any]
