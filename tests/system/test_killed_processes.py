"""kill -9 between the bid and the mail: nothing is lost, and nobody is mailed twice."""

import re

from playwright.sync_api import Browser

from tests.system.house import House
from tests.system.person import Person
from tests.system.smtp import Letters, text_of
from tests.waiting import wait_for

VICTIMS = {
    "bids_commands": "bids_jobs",
    "bids_jobs": "bus",
    "bus": "pusher",
    "pusher": "mailer",
    "mailer": "mailer_jobs",
}
"""Who is killed, and the next on the way: it is stopped before the bid, so that the victim dies
with the bid in hand and nowhere else. (Stopped, not killed: in the moment between SMTP's 250 and
our record of it a kill may repeat a mail, under the same Message-ID, and nobody can help that.)"""

PRICES = {"$10.00", "$20.50", "$41.00", "$61.00", "$81.00", "$102.50"}


def wait_for_mails(person: Person, count: int) -> None:
    wait_for(lambda: len(person.mails()) == count, seconds=90, what=f"{person.name}'s mail {count}")


def test_each_mail_arrives_once_whoever_is_killed_before_it(
    house: House, browser: Browser, letters: Letters
) -> None:
    web = house.url("auctions")
    sal, ann, bob = (Person.arrive(name, browser, letters, web) for name in ("Sal", "Ann", "Bob"))
    for person in (sal, ann, bob):
        person.join()
    item = sal.list_item("Bicycle", start_price="10.00", seconds=3600)

    for turn, (victim, next_on_the_way) in enumerate(VICTIMS.items()):
        house.stop(next_on_the_way)
        bidder = (ann, bob)[turn % 2]
        assert "highest bidder" in bidder.bid(item, f"{20 * (turn + 1)}.00")
        house.kill(victim)
        house.start(victim, next_on_the_way)
        wait_for_mails(sal, turn + 1)

    letters.hold()
    assert "highest bidder" in (ann, bob)[len(VICTIMS) % 2].bid(item, "900.00")
    letters.wait_for_one_in_hand()
    house.kill("mailer_jobs")
    letters.let_go()
    house.start("mailer_jobs")
    bids = len(VICTIMS) + 1
    wait_for_mails(sal, bids)
    wait_for(lambda: len(ann.mails()) + len(bob.mails()) == bids - 1, seconds=90)

    Person.arrive("Zoe", browser, letters, web).join()
    assert len(sal.mails()) == bids
    assert len(ann.mails()) + len(bob.mails()) == bids - 1
    told = [re.search(r"\$[0-9.]+", text_of(mail))[0] for mail in sal.mails()]
    assert sorted(told) == sorted(PRICES)
    outbid = [text_of(mail) for mail in (*ann.mails(), *bob.mails())]
    assert all(sum(price in text for text in outbid) == 1 for price in PRICES - {"$10.00"})
