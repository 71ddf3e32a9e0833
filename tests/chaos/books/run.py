"""One run: people trade, processes between a press and the books are killed, all is counted."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from threading import Event
from typing import Any

from tests.chaos.books.deals import Deal, Story
from tests.chaos.books.judge import Judge, Post
from tests.chaos.books.market import open_market
from tests.chaos.books.stories import STORIES
from tests.chaos.books.street import Street
from tests.mailer_service.mail_server import MailServer
from tests.postgres import cluster, find_initdb
from tests.system.house import House, fresh_databases
from tests.system.mails import MAIL_BY_MAIL, TO_BE_KILLED

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
_SENDER = "mailer_jobs"
ARROWS = list(dict.fromkeys(arrow.name for story in STORIES for arrow in story.arrows))
SWEEP_S = 2
_AIM_S = 0.5
_IN_HAND_S = 0.4
_ROUND_S = 1.0
_ALSO_AWAY = 0.25


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
    chance, verdict, killed_at = random.Random(seed), Verdict(), list[float]()
    with (
        ThreadPoolExecutor(sales) as pool,
        _mail_server() as letters,
        _house(folder, engine, letters) as house,
        open_market(house, chance) as market,
    ):
        post = Post(letters)
        judge = Judge(house=house, market=market, letters=letters, post=post, killed_at=killed_at)
        with _street(
            pool,
            house.url("auctions"),
            market,
            chance,
            sales=sales,
            choose=lambda deals: _story(deals, verdict, chance),
            came=post.came,
        ) as street:
            ends_at = time.monotonic() + most_s
            try:
                while verdict.rounds < rounds or verdict.fewest < each:
                    if time.monotonic() > ends_at or street.has_stopped:
                        break
                    told(_round(house, street, verdict, chance, killed_at))
            except AssertionError as error:  # somebody doesn't start again: all the more to judge
                verdict.violations.append(str(error))
            verdict.violations += street.close()
            verdict.said, wrong = judge.judge(street.deals)
        verdict.violations += wrong
    return verdict


@contextmanager
def _street(*whereof: Any, **how: Any) -> Iterator[Street]:
    """Whoever trades there leaves when it ends before its time: they wait for nobody."""
    street = Street(*whereof, **how)
    try:
        yield street
    except BaseException:
        street.call_off()
        raise


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
    house: House, street: Street, verdict: Verdict, chance: random.Random, killed_at: list[float]
) -> str:
    """Everybody presses, and the one who was killed least dies soon after somebody has at the arrow
    that was hit least, which may be over in no time. In some rounds the next on the way is away, so
    that the victim dies with it in hand. Who is slow is hit again. What came of it, in words."""
    arrows = street.next_arrows()
    victim = _victim(arrows, verdict.kills, chance)
    aim = min(arrows, key=verdict.kills_at, default="")
    held = VICTIMS[VICTIMS.index(victim) + 1 :][:1] if chance.random() < _ALSO_AWAY else ()
    _kill(house, *held, killed_at=killed_at)
    street.let_go()
    street.wait_for(aim, seconds=_AIM_S)
    Event().wait(_IN_HAND_S * chance.random() ** 5)
    hit = {arrow: None for arrow in street.in_hand()}
    _kill(house, victim, killed_at=killed_at)
    house.start(victim, *held)
    verdict.rounds += 1
    verdict.kills.update((arrow, victim) for arrow in hit)
    street.wait_for_rest(seconds=_ROUND_S)
    return f"{verdict.rounds} {victim} at {', '.join(hit) or 'rest'}; {verdict.fewest} each"


def _kill(house: House, *names: str, killed_at: list[float]) -> None:
    if _SENDER in names:
        killed_at.append(time.monotonic())
    house.kill(*names)


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
    with cluster(initdb, hasty=True) as url, fresh_databases(url) as found:
        yield found
