"""Every kind of mail there is: its priority, and what switches it off."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

Preference = str
"""`at_once`, `daily` or `off` (docs/protocol.md, "What people are told about")."""


class Priority(IntEnum):
    """Lower is sent first, however long the others have waited."""

    IMMEDIATE = 0
    URGENT = 1
    NORMAL = 2
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
BUS_DIGEST = "bus-digest"

# Immediate: somebody waits for it at the screen. Urgent: worth little once the auction is over,
# or about the bus that all the others come by.
# Summary: sums up what had time.
_STATEMENTS = (
    Kind("item-removed", Priority.NORMAL),
    Kind("account-closed", Priority.NORMAL),
    Kind("decision-lifted", Priority.NORMAL),
    Kind("appeal-rejected", Priority.NORMAL),
    Kind("bidding-stopped", Priority.URGENT),
    Kind("bidding-resumed", Priority.URGENT),
    Kind("auction-ended", Priority.NORMAL),
    Kind("bids-removed", Priority.URGENT),
    Kind("report-decided", Priority.NORMAL),
    Kind("message-removed", Priority.NORMAL),
    Kind("message-shown", Priority.NORMAL),
    Kind("message-stays", Priority.NORMAL),
)
_KINDS = (
    Kind("password-reset", Priority.IMMEDIATE),
    Kind("verify-email", Priority.IMMEDIATE),
    Kind("confirm-address", Priority.IMMEDIATE),
    Kind("address-warning", Priority.IMMEDIATE),
    Kind("account-exists", Priority.IMMEDIATE),
    Kind("sign-in-changed", Priority.IMMEDIATE),
    Kind("outbid", Priority.URGENT, "outbid"),
    Kind("ending-soon", Priority.URGENT, "ending-soon"),
    Kind("second-chance", Priority.URGENT, "second-chance"),
    Kind("welcome", Priority.NORMAL),
    Kind("new-bid", Priority.NORMAL, "new-bid"),
    Kind("won", Priority.NORMAL, "won"),
    Kind("lost", Priority.NORMAL, "lost"),
    Kind("sold", Priority.NORMAL, "sold"),
    Kind("unsold", Priority.NORMAL, "unsold"),
    Kind("saved-search", Priority.NORMAL, "saved-search"),
    Kind("new-listing", Priority.NORMAL, "new-listing"),
    Kind("question", Priority.NORMAL, "question"),
    Kind("answer", Priority.NORMAL, "answer"),
    Kind("order-agreed", Priority.NORMAL, "order"),
    Kind("order-paid", Priority.NORMAL, "order"),
    Kind("payment-received", Priority.NORMAL, "order"),
    Kind("order-shipped", Priority.NORMAL, "order"),
    Kind("order-received", Priority.NORMAL, "order"),
    Kind("order-cancelled", Priority.NORMAL, "order"),
    Kind("order-refunded", Priority.NORMAL, "order"),
    Kind("order-sent-back", Priority.NORMAL, "order"),
    Kind("order-returned", Priority.NORMAL, "order"),
    Kind("return-refunded", Priority.NORMAL, "order"),
    Kind("return-asked", Priority.NORMAL, "order"),
    Kind("return-accepted", Priority.NORMAL, "order"),
    Kind("return-declined", Priority.NORMAL, "order"),
    Kind("order-unpaid", Priority.NORMAL, "order"),
    Kind("postage-named", Priority.NORMAL, "order"),
    Kind("payment-due-soon", Priority.NORMAL, "order"),
    Kind("payment-overdue", Priority.NORMAL, "order"),
    Kind("order-on-hold", Priority.NORMAL, "order"),
    Kind("cancel-asked", Priority.NORMAL, "order"),
    Kind("cancel-declined", Priority.NORMAL, "order"),
    Kind("message", Priority.NORMAL, "message"),
    *_STATEMENTS,
    Kind("subscription-failing", Priority.URGENT),
    Kind("subscription-disabled", Priority.URGENT),
    Kind("subscription-recovered", Priority.URGENT),
    Kind("subscription-dead-letters", Priority.URGENT),
    Kind("subscription-behind", Priority.URGENT),
    Kind("subscription-caught-up", Priority.URGENT),
    Kind("subscription-resync", Priority.URGENT),
    Kind(BUS_DIGEST, Priority.URGENT),
    Kind(NEW_BIDS, Priority.SUMMARY, "new-bid"),
    Kind(DIGEST, Priority.SUMMARY),
)

STATEMENTS = tuple(kind.name for kind in _STATEMENTS)
"""What a statement of the house may tell (docs/protocol.md, statements)."""

SIGN_IN_CHANGES = (
    "two-factor-on",
    "two-factor-off",
    "codes-renewed",
    "recovery-code-used",
    "passkey-added",
    "passkey-removed",
    "second-factors-reset",
    "app-unreadable",
)
"""What a customer hears of how their account is signed in to (docs/protocol.md, customers)."""

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _KINDS})
"""By name."""

SWITCHES = frozenset(kind.switch for kind in _KINDS if kind.switch)
"""What a customer can set to at once, daily or off."""

ASKED_FOR_BY_ADDRESS = ("verify-email", "confirm-address", "password-reset", "account-exists")
"""What somebody has just asked for: sent even to an address that bounced."""


OF_A_SALE = ("won", "sold", "lost")
"""What waits while the house keeps the item from sight: nobody is asked to pay for it."""

OF_WHAT_RUNS = ("outbid", "ending-soon", "second-chance", "saved-search", "new-listing", "new-bid")
"""What is untrue of an item that the house keeps from sight: nobody can bid on it."""

OF_WHAT_CHANGES = (*OF_WHAT_RUNS, *OF_A_SALE)
"""What may be untrue by the time that a mail server takes it, and is then written anew."""


def kind_of(key: str) -> Kind:
    """The kind of a ledger key such as `outbid` or `verify-email:17`. Raises KeyError."""
    return KINDS[key.partition(":")[0]]
