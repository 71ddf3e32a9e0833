"""One run: people trade, processes between a press and the books are killed, all is counted."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from threading import Event

from auction_app.bootstrap import build
from auction_app.config import read
from tests.chaos.books.deals import STORIES, Deal, Story
from tests.chaos.books.judge import Deaths, Judge
from tests.chaos.books.market import Market
from tests.chaos.books.street import Street
from tests.environment import environment
from tests.mailer_service.mail_server import MailServer
from tests.postgres import cluster, find_initdb
from tests.system.house import House, fresh_databases
from tests.system.mails import MAIL_BY_MAIL, TO_BE_KILLED
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
ARROWS = list(dict.fromkeys(arrow.name for story in STORIES for arrow in story.arrows))
SWEEP_S = 2
_AIM_S = 0.5
_IN_HAND_S = 0.4
_ROUND_S = 1.0


@dataclass
class Verdict:
    """What a run came to: kills by arrow and process, and what must not be."""

    rounds: int = 0
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    @property
    def fewest(self) -> int:
        """How many kills the arrow has had that had the fewest."""
        return min(self.kills_at(arrow) for arrow in ARROWS)

    def kills_at(self, arrow: str) -> int:
        return sum(n for (where, _), n in self.kills.items() if where == arrow)


def run(
    folder: Path,
    *,
    rounds: int = 0,
    each: int = 0,
    most_s: float = inf,
    sales: int = 22,
    seed: int,
    engine: str = "sqlite",
    told: Callable[[str], object] = str,
) -> Verdict:
    """Kill whoever was killed least there while people trade on this engine: for so many rounds,
    and until each arrow had so many kills while it was in somebody's hand, or so many seconds are
    over."""
    began, chance, verdict, deaths = time.monotonic(), random.Random(seed), Verdict(), Deaths()
    with (
        _mail_server() as letters,
        _house(folder, engine, letters) as house,
        _market(house, chance) as market,
    ):
        judge = Judge(house=house, market=market, letters=letters, deaths=deaths)
        street = Street(
            house.url("auctions"),
            market,
            chance,
            sales=sales,
            choose=lambda deals: _story(deals, verdict, chance),
            came=judge.came,
        )
        try:
            while verdict.rounds < rounds or verdict.fewest < each:
                if time.monotonic() - began > most_s or street.has_stopped:
                    break
                arrows = street.next_arrows()
                victim = _victim(arrows, verdict.kills, chance)
                aim = min(arrows, key=verdict.kills_at, default="")
                hit = _round(house, street, victim, aim, chance, deaths)
                verdict.rounds += 1
                verdict.kills.update((arrow, victim) for arrow in hit)
                at = ", ".join(hit) or "rest"
                told(f"{verdict.rounds} {victim} at {at}; {verdict.fewest} each")
        except AssertionError as error:  # somebody doesn't start again: all the more to judge
            verdict.violations.append(str(error))
        verdict.violations += street.close()
        verdict.said, wrong = judge.judge(street.deals)
        verdict.violations += wrong
    return verdict


def _story(deals: Sequence[Deal], verdict: Verdict, chance: random.Random) -> Story:
    """One with the arrow that has had the fewest kills and is ahead of the fewest who trade."""
    to_come = Counter(one.name for deal in deals for one in deal.story.arrows[deal.taken :])
    scarcest = min(ARROWS, key=lambda it: (verdict.kills_at(it) + to_come[it], chance.random()))
    return chance.choice([it for it in STORIES if scarcest in [one.name for one in it.arrows]])


def _victim(arrows: list[str], kills: Counter[tuple[str, str]], chance: random.Random) -> str:
    """Who was killed least at these arrows, and of those least of all."""
    of_all = {it: sum(n for (_, one), n in kills.items() if one == it) for it in VICTIMS}
    here = {it: sum(kills[arrow, it] for arrow in arrows) for it in VICTIMS}
    return min(VICTIMS, key=lambda it: (here[it], of_all[it], chance.random()))


def _round(
    house: House, street: Street, victim: str, aim: str, chance: random.Random, deaths: Deaths
) -> list[str]:
    """Everybody presses, and the victim dies soon after somebody has at `aim`, which may be over in
    no time; at these arrows. In some rounds the next on the way is away, so that the victim dies
    with it in hand. Who is slow is hit again."""
    held = VICTIMS[VICTIMS.index(victim) + 1 :][:1] if chance.random() < 0.5 else ()
    deaths.struck(*held)
    house.kill(*held)
    street.let_go()
    with suppress(AssertionError):
        wait_for(lambda: aim in street.in_hand(), seconds=_AIM_S)
    Event().wait(_IN_HAND_S * chance.random() ** 3)
    hit = street.in_hand()
    deaths.struck(victim)
    house.kill(victim)
    house.start(victim, *held)
    deaths.over(victim, *held)
    with suppress(AssertionError):
        wait_for(lambda: not street.in_hand(), seconds=_ROUND_S)
    return hit


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
        house = House(folder / "var", settings | MAIL_BY_MAIL | TO_BE_KILLED)
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
