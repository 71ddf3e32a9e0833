"""Every kind of mail there is: how much it hurries, and what switches it off."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

Preference = str
"""`at_once`, `daily` or `off` (docs/protocol.md, "What people are told about")."""


class Priority(IntEnum):
    """Lower leaves first, however long the others have waited."""

    WAITED_FOR = 0
    RACING = 1
    NEWS = 2
    SUMMARY = 3


@dataclass(frozen=True)
class Kind:
    """One kind of mail. `switch` is the kind in a customer's `notices` that it obeys; None for
    mails about the account itself, which can't be switched off."""

    name: str
    priority: Priority
    switch: str | None = None

    @property
    def is_about_the_account(self) -> bool:
        """Whether it comes whatever the customer prefers."""
        return self.switch is None and self.name != DIGEST


DIGEST = "digest"
NEW_BIDS = "new-bids"

# Somebody sits before a screen and waits for the first; the second are worth little once the
# auction is over; the last sum up what had time.
_KINDS = (
    Kind("password-reset", Priority.WAITED_FOR),
    Kind("verify-email", Priority.WAITED_FOR),
    Kind("confirm-address", Priority.WAITED_FOR),
    Kind("address-warning", Priority.WAITED_FOR),
    Kind("outbid", Priority.RACING, "outbid"),
    Kind("ending-soon", Priority.RACING, "ending-soon"),
    Kind("second-chance", Priority.RACING, "second-chance"),
    Kind("welcome", Priority.NEWS),
    Kind("new-bid", Priority.NEWS, "new-bid"),
    Kind("won", Priority.NEWS, "won"),
    Kind("lost", Priority.NEWS, "lost"),
    Kind("sold", Priority.NEWS, "sold"),
    Kind("unsold", Priority.NEWS, "unsold"),
    Kind("question", Priority.NEWS, "question"),
    Kind("answer", Priority.NEWS, "answer"),
    Kind("order-agreed", Priority.NEWS, "order"),
    Kind("order-paid", Priority.NEWS, "order"),
    Kind("order-shipped", Priority.NEWS, "order"),
    Kind("order-received", Priority.NEWS, "order"),
    Kind("order-cancelled", Priority.NEWS, "order"),
    Kind(NEW_BIDS, Priority.SUMMARY, "new-bid"),
    Kind(DIGEST, Priority.SUMMARY),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _KINDS})
"""By name."""

SWITCHES = frozenset(kind.switch for kind in _KINDS if kind.switch)
"""What a customer can set to at once, daily or off."""

ASKED_FOR_BY_ADDRESS = ("verify-email", "confirm-address")
"""What proves that an address works: sent even to one that bounced."""


def kind_of(key: str) -> Kind:
    """The kind of a ledger key such as `outbid` or `verify-email:17`. Raises KeyError."""
    return KINDS[key.partition(":")[0]]
