"""kill -9 in each stage between bid and mail: nothing is lost, and nobody is mailed twice."""

import threading
from itertools import pairwise
from pathlib import Path

import pytest
import requests

from tests.system.bidder import Bids
from tests.system.house import House, open_house
from tests.system.mails import MAIL_BY_MAIL, TO_BE_KILLED, assert_every_mail_came_once
from tests.system.smtp import Letters

ON_THE_WAY = {
    "mvp": ("house",),
    "background": ("house", "house_jobs"),
    "bus": ("house", "house_jobs", "bus", "pusher", "mailer", "mailer_jobs"),
}
"""Who has a bid in hand, one after the other. Each is killed while the next is stopped, so that it
dies with the bid in hand and nowhere else; the last one dies with a mail in hand."""


@pytest.mark.parametrize("stage", ON_THE_WAY)
def test_each_mail_comes_once_whoever_is_killed_before_it(
    tmp_path: Path, letters: Letters, stage: str
) -> None:
    smtp = f"smtp://127.0.0.1:{letters.port}"
    settings = {"STAGE": stage, "SMTP_URL": smtp} | MAIL_BY_MAIL | TO_BE_KILLED
    with open_house(tmp_path / "var", **settings) as house:
        bids = Bids(house.url("auctions"))
        for victim, next_on_the_way in pairwise(ON_THE_WAY[stage]):
            house.stop(next_on_the_way)
            bids.place()
            house.kill(victim)
            house.start(victim, next_on_the_way)
            assert_every_mail_came_once(letters, bids.placed)
        # Who leads again before it is written gets no mail of having been outbid.
        bids.place()
        assert_every_mail_came_once(letters, bids.placed)
        kill_with_a_mail_in_hand(house, ON_THE_WAY[stage][-1], bids, letters)
        assert_every_mail_came_once(letters, bids.placed)
        bids.place()
        assert_every_mail_came_once(letters, bids.placed)
        assert "Traceback" not in house.all_output()


def kill_with_a_mail_in_hand(house: House, victim: str, bids: Bids, letters: Letters) -> None:
    """Its bidder may have no answer: then the same bid is confirmed once more."""
    letters.hold()
    review = bids.review()

    def confirm() -> None:
        try:
            bids.confirm(review)
        except requests.ConnectionError:
            unanswered.set()

    unanswered = threading.Event()
    confirming = threading.Thread(target=confirm)
    confirming.start()
    letters.wait_for_one_in_hand()
    house.kill(victim)
    confirming.join()
    letters.let_go()
    house.start(victim)
    if unanswered.is_set():
        bids.confirm(review)
