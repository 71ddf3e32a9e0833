"""A sale of an item: press by press, until each is done."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from auction_app.orders.model import OrderStatus
from auction_app.payments.model import PaymentStatus
from tests.chaos.books.customer import Customer
from tests.chaos.books.market import Market, Offered
from tests.waiting import wait_for

Side = Literal["buyer", "seller"]
Letter = tuple[Side, str]
"""To which side of a sale, and its subject but for the item."""
Mail = tuple[str, str]
"""To which address, and its subject."""
_AGAIN_S = 2.0
_WHILE_OTHERS_DIE_S = 600


@dataclass
class Deal:
    """One item, and who trades it; `taken` steps of its story are done."""

    item: Offered
    story: "Story"
    buyer: Customer
    seller: Customer
    market: Market
    button: Callable[[], str]
    came: Callable[[], Iterable[Mail]]
    go_on: Callable[[], object] = lambda: None
    """Asked at each look; raises where nobody is to trade any more."""
    moved: Callable[[], object] = lambda: None
    """Told when a step is taken in hand, and when it is done."""
    taken: int = 0
    in_hand: "Arrow | None" = None

    @property
    def next(self) -> "Arrow":
        """What comes now."""
        return self.story.arrows[self.taken]

    @property
    def is_over(self) -> bool:
        return self.taken == len(self.story.arrows)

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing becomes of it unless somebody presses: an auction ends by itself."""
        return not self.next.leads_on

    def press_until_done(self) -> None:
        """Press until it shows: again at once where nobody answered, else after a while."""
        arrow, again_at, what = (
            self.next,
            time.monotonic(),
            f"{self.next.name} of {self.item.title}",
        )

        def is_due() -> bool:
            self.go_on()
            return arrow.is_due(self)

        def is_done() -> bool:
            nonlocal again_at
            self.go_on()
            if arrow.done(self):
                return True
            if time.monotonic() >= again_at:
                is_answered = arrow.press(self) is not None
                again_at = time.monotonic() + (_AGAIN_S if is_answered else 0)
            return False

        wait_for(is_due, seconds=_WHILE_OTHERS_DIE_S, what=f"{what} is due")
        self._take(arrow)
        wait_for(is_done, seconds=_WHILE_OTHERS_DIE_S, what=what)
        self._take(None)
        self.taken += 1
        self.story = arrow.turn(self) or self.story

    def _take(self, arrow: "Arrow | None") -> None:
        self.in_hand = arrow
        self.moved()

    def mails(self) -> list[Mail]:
        """To whom, and with which subject, of all that was done."""
        return [it for arrow in self._taken for it in self._mails(arrow.mails)]

    def spared(self) -> list[Mail]:
        """Those of them that may be missing, as what was done meanwhile has made them pointless."""
        return [it for arrow in self._taken for it in self._mails(arrow.spares)]

    def has_come(self, mails: Sequence[Letter]) -> bool:
        """Whether these are there."""
        return set(self._mails(mails)) <= set(self.came())

    @property
    def _taken(self) -> "Sequence[Arrow]":
        return self.story.arrows[: self.taken]

    def _mails(self, letters: Sequence[Letter]) -> list[Mail]:
        return [(self._address(side), words.format(self.item.title)) for side, words in letters]

    def is_at(self, status: OrderStatus) -> bool:
        order = self.market.order_of(self.item, self.buyer.name)
        return order is not None and order.status is status

    def is_refunded(self) -> bool:
        payment = self.market.payment_of(self.item, self.buyer.name)
        return payment is not None and payment.status is PaymentStatus.REFUNDED

    def order_page(self) -> str:
        order = self.market.order_of(self.item, self.buyer.name)
        assert order is not None
        return f"/orders/{order.id}"

    def _address(self, side: Side) -> str:
        return (self.buyer if side == "buyer" else self.seller).address


@dataclass(frozen=True)
class Arrow:
    """A step between two states of a sale: once it `is_due` somebody presses `press` until it is
    `done`; these are mailed. What it `spares` is mailed only if the mailer looked before."""

    name: str
    press: Callable[[Deal], object]
    done: Callable[[Deal], bool]
    mails: Sequence[Letter] = ()
    spares: Sequence[Letter] = ()
    is_due: Callable[[Deal], bool] = lambda _deal: True
    leads_on: bool = False
    """Whether something becomes of the sale by itself before it is done."""
    turn: "Callable[[Deal], Story | None]" = lambda _deal: None
    """The story that it goes on with from here, if not with its own."""


@dataclass(frozen=True)
class Story:
    """The arrows of a sale in order; of an item that `ends_in_s`, or is bought at once."""

    arrows: Sequence[Arrow]
    ends_in_s: int | None = None
