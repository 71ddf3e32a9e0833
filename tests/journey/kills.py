"""`python -m tests.journey.kills [--rounds 100]`: kill -9 the background worker while it works.

A bid is placed, the worker is killed at some moment while it does what the bid left, and started
anew, again and again. At the end every mail must have come; one whose kill fell between the SMTP
server's 250 and our record comes again under the same Message-ID, and is counted.
"""

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.journey.post_office import PostOffice, post_office
from tests.system.bidder import Bids
from tests.system.house import House
from tests.system.mails import MAIL_BY_MAIL, WELCOMES
from tests.waiting import wait_for

WORKER = "house_jobs"
_LATEST_S = 0.3
_MOST_ARRIVALS = 2


def kill_rounds(var: Path, rounds: int, seed: int, office: PostOffice) -> tuple[int, int]:
    """How many mails are missing at the end, and how many came twice."""
    chance = random.Random(seed)
    smtp = {"STAGE": "background", "SMTP_URL": f"smtp://127.0.0.1:{office.port}"}
    house = House(var, smtp | MAIL_BY_MAIL)
    try:
        house.start()
        bids = Bids(house.url("auctions"))
        for number in range(rounds):
            bids.place()
            _let_it_work(office, chance)
            house.kill(WORKER)
            house.start(WORKER)
            _say(f"round {number + 1} of {rounds}: {office.mails} mails")
        expected = WELCOMES + 2 * bids.placed - 1
        _wait(lambda: office.mails >= expected)
        return expected - office.mails, office.doubles
    finally:
        house.close()


def main(arguments: Sequence[str]) -> int:
    """Run the rounds; 1 when a mail is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.journey.kills")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="gavel-kills-") as folder, post_office() as office:
        missing, doubles = kill_rounds(Path(folder) / "var", asked.rounds, asked.seed, office)
    print(f"{asked.rounds} rounds, seed {asked.seed}: {missing} mails missing, {doubles} twice")
    return 1 if missing else 0


def _let_it_work(office: PostOffice, chance: random.Random) -> None:
    """Until a mail or two have come, or for some time: in the middle of anything."""
    office.wait_for_arrivals(
        chance.randint(1, _MOST_ARRIVALS), within_s=chance.uniform(0, _LATEST_S)
    )


def _wait(condition: Callable[[], bool]) -> None:
    try:
        wait_for(condition, seconds=120)
    except AssertionError as error:
        _say(str(error))


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
