"""What arrives: an event says that the entity at a URL changed, and nothing more."""

from typing import Any

import msgspec

NOTICES = frozenset({("bus", "noop"), ("bus", "resync")})
"""Topic and type of what the bus says to its receiver alone, a test and a resync: they are about no
entity that changed, and their URL, the callback, is nothing to fetch."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One entity's change.

    A Struct and not a dataclass: msgspec checks and builds a batch of 100 in the time json
    needs for a tenth of it, and the drain stands between the bus and everything else.

    `t` is the publisher's clock in ms since the epoch: information, never an order. The order
    is `position`. `id` and `position` are None when the bus is a routemaster, which has neither.
    `type` is any word, because a newer bus may know more than create, update, delete and noop,
    and refusing one would hold up the rest of its batch.

    `replay` is how often the subscription had been replayed when this was delivered: who moves it
    back, or has dead letters delivered again, wants what is known already.
    """

    topic: str
    type: str
    url: str
    t: int
    id: str | None = None
    position: int | None = None
    data: Any = None
    replay: int = 0

    @property
    def is_notice(self) -> bool:
        """Whether the bus says it to this receiver, and of no entity."""
        return (self.topic, self.type) in NOTICES
