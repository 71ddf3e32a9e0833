"""What other services know (docs/protocol.md): the part of it that mails need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from service_kit.money import Money

from mailer_service.model.kinds import Preference

MAX_URL_LENGTH = 1024  # docs/protocol.md: what the bus takes


@dataclass(frozen=True, kw_only=True)
class Bid:
    """One accepted bid, as it was when it was taken. `price` is the public price right after it."""

    url: str
    outcome: Literal["leading", "outbid", "raised"]
    price: Money
    auction_url: str
    seller_url: str
    outbid_url: str | None


@dataclass(frozen=True, kw_only=True)
class Bidding:
    """The bid book of one auction. `bids_url` leads to the first page of its bids."""

    url: str
    status: Literal["scheduled", "open", "frozen", "closed"]
    outcome: Literal["sold", "unsold"] | None
    price: Money | None
    is_reserve_missed: bool
    is_bought_at_once: bool
    auction_url: str
    seller_url: str
    leader_url: str | None
    bids_url: str | None


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A second chance offered to one bidder."""

    url: str
    status: Literal["open", "accepted", "declined", "expired"]
    price: Money
    expires_at_ms: int
    auction_url: str
    bidder_url: str


@dataclass(frozen=True, kw_only=True)
class Auction:
    """What is on sale. Its URL is also its page; `order_page` and `offer_page` lead whoever is
    signed in to their own order and second chance of it. One that `is_removed` was hidden by the
    house. `bidding_url` is its bid book, once there is one."""

    url: str
    title: str
    is_removed: bool = False
    bidding_url: str | None = None
    order_page: str | None = None
    offer_page: str | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """Somebody asked about an item; `answer` is None until the seller has said something."""

    url: str
    text: str
    answer: str | None
    auction_url: str
    seller_url: str
    asker_url: str


Side = Literal["buyer", "seller"]
Step = Literal[
    "agreed", "unpaid", "paid", "shipped", "received", "sent_back", "returned", "cancelled"
]
STEPS: tuple[Step, ...] = get_args(Step)


@dataclass(frozen=True, kw_only=True)
class OrderStep:
    """What was done, and by whom; `because` is why, where the house says so."""

    status: Step
    by: Side | Literal["house"]
    because: str | None = None


ReminderOfPayment = Literal["due-soon", "overdue"]
REMINDERS_OF_PAYMENT: tuple[ReminderOfPayment, ...] = ("due-soon", "overdue")


@dataclass(frozen=True, kw_only=True)
class OrderRequest:
    """What one side asks of the other, and why; `answer` is None until it has one, `note` what was
    said with it."""

    kind: Literal["cancel", "return"]
    by: Side
    reason: str
    answer: Literal["accept", "decline"] | None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Order:
    """What became of a sale so far; `offer_url` is the second chance that it came of, `total` price
    and postage, None where the postage is not named; it `is_postage_named` where the seller has
    done that after the sale. It `is_on_hold` while the house keeps its item from sight: nobody has
    to pay. `parcel` is by whom and under which number it was sent, `parcel_back` likewise.
    `reminded` is of what the buyer was reminded, who is to pay until `due_at_ms`."""

    url: str
    price: Money
    steps: tuple[OrderStep, ...]
    auction_url: str
    seller_url: str
    buyer_url: str
    requests: tuple[OrderRequest, ...] = ()
    parcel: str | None = None
    parcel_back: str | None = None
    is_on_hold: bool = False
    is_postage_named: bool = False
    due_at_ms: int | None = None
    reminded: tuple[ReminderOfPayment, ...] = ()
    offer_url: str | None = None
    total: Money | None = None


@dataclass(frozen=True, kw_only=True)
class Message:
    """What one side of an order wrote to the other; `text` is None where the house has removed
    it, or the account that wrote it is deleted."""

    url: str
    text: str | None
    by: Side
    auction_url: str
    order_url: str
    author_url: str
    addressee_url: str


ReminderKind = Literal["ending-soon", "saved-search", "new-listing"]


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """An item that one customer watches ends soon, or one was listed that they look for."""

    url: str
    kind: ReminderKind
    ends_at_ms: int
    auction_url: str
    customer_url: str


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What one customer is told of a moderator's decision: `kind` is that of the mail, `text` the
    reason, `page_url` where it can be read and appealed against."""

    url: str
    kind: str
    text: str
    customer_url: str
    auction_url: str | None
    page_url: str


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """A subscription at the bus; `last_answer` is what its callback has answered, in words,
    None if that took what was sent."""

    url: str
    callback: str | None
    last_answer: str | None


@dataclass(frozen=True, kw_only=True)
class PendingRequest:
    """Something waits for whoever opens `link`. `to` is the new address of a change of address."""

    id: str
    link: str
    to: str | None = None


@dataclass(frozen=True, kw_only=True)
class SignInChange:
    """Something changed about how a customer signs in; `what` is one of SIGN_IN_CHANGES."""

    id: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Customer:
    """Somebody with an account, and how they want to be told things.

    `unsubscribe` is a URI template with the variable `kind`; `security` the page where they see
    and change how they sign in.
    """

    url: str
    name: str
    email: str
    email_verified: bool
    locale: str
    time_zone: str
    notices: Mapping[str, Preference]
    verification: PendingRequest | None
    password_reset: PendingRequest | None
    address_change: PendingRequest | None
    welcomed_id: str | None
    preferences: str | None
    unsubscribe: str | None
    signed_up_again: PendingRequest | None = None
    sign_in_changes: Sequence[SignInChange] = ()
    security: str | None = None
