"""One run: people trade, processes between a press and the books are killed, all is counted."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from auction_app.bootstrap import build
from auction_app.config import read
from tests.chaos.books.deals import STORIES, Customer, Deal, Story
from tests.chaos.books.judge import Deaths, Judge
from tests.chaos.books.market import Market
from tests.environment import environment
from tests.mailer_service.mail_server import MailServer
from tests.postgres import cluster, find_initdb
from tests.system.house import House, fresh_databases
from tests.system.mails import MAIL_BY_MAIL
from tests.waiting import wait_for

VICTIMS = (
    "auctions",
    "bids",
    "bids_commands",
    "bids_jobs",
    "till",
    "auctions_jobs",
    "bus",
    "pusher",
    "mailer",
    "mailer_jobs",
    "accounting",
)
"""Who has a step in hand on its way to the books and to the mails."""
BUTTONS = ("pay", "pay", "tell-twice", "tell-out-of-order", "pay-and-never-tell", "decline")
SWEEP_S = 2
_OPEN = 3
"""So many sales are on their way at a time."""
_IN_HAND_S = 0.4


@dataclass
class Verdict:
    """What a run came to: kills by arrow and process, and what must not be."""

    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


class Street:
    """Who trades with whom; a sale that is over makes room for the next."""

    def __init__(self, house: House, market: Market, chance: random.Random) -> None:
        self._chance = chance
        self._market = market
        web = house.url("auctions")
        self._buyers, self._sellers = (
            [Customer(name, web) for name in names]
            for names in (("Ada", "Bela"), ("Martha", "Tomas"))
        )
        self.deals: list[Deal] = []
        for customer in (*self._buyers, *self._sellers):
            customer.see("/my/orders")

    def one(self) -> Deal:
        """A sale in which somebody has to press something."""
        while len(under_way := [it for it in self.deals if not it.is_over]) < _OPEN:
            self.deals.append(self._begin(STORIES[len(self.deals) % len(STORIES)]))
        return self._chance.choice(under_way)

    def _begin(self, story: Story) -> Deal:
        number = len(self.deals)
        seller, buyer = self._sellers[number % 2], self._buyers[number // 2 % 2]
        item = self._market.put_up(seller.name, ends_in_s=story.ends_in_s)
        page = f"/auctions/{item.id}"
        wanted = "Review bid" if story.ends_in_s else "/buy-now"
        wait_for(lambda: wanted in buyer.see(page), what=f"{item.title} is open")
        if story.ends_in_s:
            buyer.bid("800000.00", item.id)
        return Deal(
            item=item,
            story=story,
            buyer=buyer,
            seller=seller,
            market=self._market,
            button=lambda: self._chance.choice(BUTTONS),
        )


def run(
    folder: Path,
    *,
    kills: int,
    seed: int,
    engine: str = "sqlite",
    told: Callable[[str], object] = str,
) -> Verdict:
    """Kill so many times, whoever was killed least there, while people trade on this engine."""
    chance, verdict, deaths = random.Random(seed), Verdict(), Deaths()
    with (
        _mail_server() as letters,
        _house(folder, engine, letters) as house,
        _market(house, chance) as market,
    ):
        street = Street(house, market, chance)
        for number in range(kills):
            deal = street.one()
            arrow = deal.next.name
            victim = _victim(arrow, verdict.kills, chance)
            _round(house, deal, victim, chance, deaths)
            verdict.kills[arrow, victim] += 1
            told(f"{number + 1} {victim} at {arrow} of {deal.item.title}")
        verdict.said, verdict.violations = Judge(
            house=house, market=market, deals=street.deals, letters=letters, deaths=deaths
        ).judge()
    return verdict


def _victim(arrow: str, kills: Counter[tuple[str, str]], chance: random.Random) -> str:
    """Who was killed least at this arrow, and of those least of all."""
    of_all = {it: sum(n for (_, one), n in kills.items() if one == it) for it in VICTIMS}
    return min(VICTIMS, key=lambda it: (kills[arrow, it], of_all[it], chance.random()))


def _round(house: House, deal: Deal, victim: str, chance: random.Random, deaths: Deaths) -> None:
    """Somebody presses; the victim dies meanwhile. In some rounds the next on the way is away, so
    that the victim dies with it in hand."""
    held = VICTIMS[VICTIMS.index(victim) + 1 :][:1] if chance.random() < 0.5 else ()
    deaths.struck(*held)
    house.kill(*held)
    with ThreadPoolExecutor(1) as pool:
        pressing = pool.submit(deal.press_until_done)
        wait([pressing], timeout=chance.uniform(0, _IN_HAND_S))
        deaths.struck(victim)
        house.kill(victim)
        house.start(victim, *held)
        deaths.over(victim, *held)
        pressing.result()


@contextmanager
def _mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def _house(folder: Path, engine: str, letters: MailServer) -> Iterator[House]:
    settings = {
        "STAGE": "soa",
        "PAYMENTS_SWEEP_S": str(SWEEP_S),
        "SMTP_URL": f"smtp://127.0.0.1:{letters.port}",
    }
    with ExitStack() as stack:
        if engine == "postgresql":
            settings |= stack.enter_context(_databases())
        house = House(folder / "var", settings | MAIL_BY_MAIL)
        stack.callback(house.close)
        house.start(*VICTIMS)
        yield house


@contextmanager
def _databases() -> Iterator[dict[str, str]]:
    initdb = find_initdb()
    if initdb is None:
        raise RuntimeError("--engine postgresql needs initdb")
    with cluster(initdb) as url, fresh_databases(url) as found:
        yield found


@contextmanager
def _market(house: House, chance: random.Random) -> Iterator[Market]:
    with environment(house.settings):
        library = build(read())
    try:
        yield Market(library, chance)
    finally:
        library.close()
