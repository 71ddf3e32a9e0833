"""People who trade beside each other, each sale press by press, whatever dies meanwhile."""

import random
import traceback
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Condition

from tests.chaos.books.customer import Customer
from tests.chaos.books.deals import Arrow, Deal, Mail, Story
from tests.chaos.books.market import Market
from tests.chaos.books.stories import LIST
from tests.waiting import wait_for

BUTTONS = ("pay", "pay", "tell-twice", "tell-out-of-order", "pay-and-never-tell", "decline")
_PEOPLE = (("Martha", "Ada"), ("Tomas", "Bela"), ("Martha", "Bela"), ("Tomas", "Ada"))
_SLOWEST_S = 700


class CalledOff(Exception):
    """Nobody is to trade any more."""


class Rounds:
    """Who has done a step waits here for the next round, or goes on at once when all are over."""

    def __init__(self) -> None:
        self._turn = Condition()
        self._round = 0
        self.over = False

    def let_go(self, *, over: bool = False) -> None:
        """A round begins; the last one never ends."""
        with self._turn:
            self._round += 1
            self.over = self.over or over
            self._turn.notify_all()

    def wait(self) -> None:
        with self._turn:
            this = self._round
            self._turn.wait_for(lambda: self.over or self._round > this, timeout=_SLOWEST_S)


class Street:
    """So many sales side by side in the threads of a pool; one that is over makes room for the
    next."""

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        web: str,
        market: Market,
        chance: random.Random,
        *,
        sales: int,
        choose: Callable[[Sequence[Deal]], Story],
        came: Callable[[], Iterable[Mail]],
    ) -> None:
        self._market, self._chance, self._choose, self._came = market, chance, choose, came
        self._rounds = Rounds()
        self._moved = Condition()
        self._is_called_off = False
        self.deals: list[Deal] = []
        pairs = [
            [Customer(name, web) for name in _PEOPLE[number % len(_PEOPLE)]]
            for number in range(sales)
        ]
        for customer in (one for pair in pairs for one in pair):
            customer.see("/my/orders")
        self._lanes: list[Future[None]] = [
            pool.submit(self._trade, seller, buyer) for seller, buyer in pairs
        ]
        stands = "the first sales have begun"
        wait_for(lambda: len(self.deals) >= sales or self.has_stopped, what=stands)

    def next_arrows(self) -> list[str]:
        """What everybody does now, or in the round to come."""
        found = [deal.next.name for deal in list(self.deals) if not deal.is_over]
        return found + [LIST.name] * (len(self._lanes) - len(found))

    def in_hand(self) -> list[str]:
        """The arrows on which somebody has pressed, and not yet seen it done."""
        found: Sequence[Arrow | None] = [deal.in_hand for deal in list(self.deals)]
        return [arrow.name for arrow in found if arrow]

    def wait_for(self, arrow: str, *, seconds: float) -> bool:
        """Whether somebody has pressed on this arrow, which is waited for so long."""
        with self._moved:
            return self._moved.wait_for(lambda: arrow in self.in_hand(), timeout=seconds)

    def wait_for_rest(self, *, seconds: float) -> bool:
        """Whether everybody has seen done what they have pressed, which is waited for so long."""
        with self._moved:
            return self._moved.wait_for(lambda: not self.in_hand(), timeout=seconds)

    def let_go(self) -> None:
        """Everybody who is through with a step goes on to the next."""
        self._rounds.let_go()

    @property
    def has_stopped(self) -> bool:
        """Whether somebody has met with what nobody should."""
        return any(lane.done() for lane in self._lanes)

    def close(self) -> list[str]:
        """Everybody goes on until their step is done, and begins no other; what anybody raised."""
        self._rounds.let_go(over=True)
        raised = [error for lane in self._lanes if (error := lane.exception())]
        return ["".join(traceback.format_exception(error)) for error in raised]

    def call_off(self) -> None:
        """Everybody leaves at once, whatever they have pressed."""
        self._is_called_off = True
        self._rounds.let_go(over=True)

    def _go_on(self) -> None:
        if self._is_called_off:
            raise CalledOff

    def _move(self) -> None:
        with self._moved:
            self._moved.notify_all()

    def _trade(self, seller: Customer, buyer: Customer) -> None:
        while not self._rounds.over:
            deal = self._begin(seller, buyer)
            while not deal.is_over and not (self._rounds.over and deal.is_at_rest):
                deal.press_until_done()
                self._rounds.wait()

    def _begin(self, seller: Customer, buyer: Customer) -> Deal:
        story = self._choose(list(self.deals))
        deal = Deal(
            item=self._market.put_up(seller.name, ends_in_s=story.ends_in_s),
            story=story,
            buyer=buyer,
            seller=seller,
            market=self._market,
            button=lambda: self._chance.choice(BUTTONS),
            came=self._came,
            go_on=self._go_on,
            moved=self._move,
        )
        self.deals.append(deal)
        return deal
