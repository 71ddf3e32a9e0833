"""`python -m tests.journey.kills [--rounds 100] [--within 0.3]`: kill -9 the background worker.

A bid is placed, the worker is killed at some moment while it does what the bid left, and started
anew, again and again; on a busy machine it takes longer to come to a mail. At the end every mail
must have come, and once: but for those that the SMTP server took when their sender was dead
already, so that nobody heard its 250.
"""

import argparse
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.journey.post_office import PostOffice, post_office
from tests.system.bidder import Bids
from tests.system.house import House
from tests.system.mails import MAIL_BY_MAIL, TO_BE_KILLED, WELCOMES
from tests.told_to_end import clear_away_when_told
from tests.waiting import wait_for

WORKER = "house_jobs"
_LATEST_S = 0.3
_MOST_ARRIVALS = 2


def kill_rounds(
    var: Path, rounds: int, seed: int, office: PostOffice, *, within_s: float = _LATEST_S
) -> tuple[int, int, int]:
    """How many mails are missing at the end, how many came twice, and how many of these because
    nobody heard that they had come. A worker lives for up to `within_s` seconds."""
    chance = random.Random(seed)
    killed_at_s: list[float] = []
    smtp = {"STAGE": "background", "SMTP_URL": f"smtp://127.0.0.1:{office.port}"}
    house = House(var, smtp | MAIL_BY_MAIL | TO_BE_KILLED)
    try:
        house.start()
        bids = Bids(house.url("auctions"))
        for number in range(rounds):
            bids.place()
            _let_it_work(office, chance, within_s)
            killed_at_s.append(time.monotonic())
            house.kill(WORKER)
            house.start(WORKER)
            # Before the next bid: nobody is told of being outbid who leads again.
            expected = WELCOMES + 2 * bids.placed - 1
            _wait(office, expected)
            _say(f"round {number + 1} of {rounds}: {office.mails} mails")
        return expected - office.mails, office.doubles, office.unheard(killed_at_s)
    finally:
        house.close()


def main(arguments: Sequence[str]) -> int:
    """Run the rounds; 1 when a mail is missing, or came twice though its 250 was heard."""
    parser = argparse.ArgumentParser(prog="python -m tests.journey.kills")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--within", type=float, default=_LATEST_S, help="a worker's life, seconds")
    asked = parser.parse_args(arguments)
    clear_away_when_told()
    with TemporaryDirectory(prefix="gavel-kills-") as folder, post_office() as office:
        missing, doubles, unheard = kill_rounds(
            Path(folder) / "var", asked.rounds, asked.seed, office, within_s=asked.within
        )
    print(
        f"{asked.rounds} rounds, seed {asked.seed}: {missing} mails missing, {doubles} twice, of"
        f" which {unheard} were taken when their sender was dead"
    )
    return 1 if missing or doubles > unheard else 0


def _let_it_work(office: PostOffice, chance: random.Random, within_s: float) -> None:
    """Until a mail or two have come, or for some time: in the middle of anything."""
    office.wait_for_arrivals(
        chance.randint(1, _MOST_ARRIVALS), within_s=chance.uniform(0, within_s)
    )


def _wait(office: PostOffice, mails: int) -> None:
    try:
        wait_for(lambda: office.mails >= mails, seconds=120)
    except AssertionError as error:
        _say(str(error))


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
