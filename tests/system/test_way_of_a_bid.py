"""From the form to the mail: real processes, a real browser, a real SMTP server."""

import json
import re
import time
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, expect

from tests.browser.chromium import patient
from tests.procfile import Processes
from tests.system.bidder import LAMP, Bidder
from tests.system.house import House
from tests.system.person import Person, link_in
from tests.system.second_host import second_host
from tests.system.smtp import Letters, text_of
from tests.waiting import PATIENCE_S, wait_for

MAXIMA = ["41.37", "83.71"]


@pytest.mark.parametrize("stage", ["mvp", "background", "bus", "soa"])
def test_a_bid_reaches_everybody_it_concerns_exactly_once(
    house: House, browser: Browser, letters: Letters
) -> None:
    sell_and_bid(house, browser, letters)


def test_a_bid_takes_the_same_way_on_postgresql(
    house_on_postgres: House, browser: Browser, letters: Letters, tmp_path: Path
) -> None:
    with second_host(house_on_postgres, tmp_path / "second") as second:
        see_a_bid_at_both_hosts(house_on_postgres, second, browser)
    wait_for(lambda: about_bids(letters) == 3, what="two mails to the seller, one to the outbid")
    sell_and_bid(house_on_postgres, browser, letters)


def see_a_bid_at_both_hosts(house: House, second: Processes, browser: Browser) -> None:
    """Who looks on at one host is told what is bid at the other, and sees the same photo."""
    first, other = house.url("auctions"), second.url("auctions")
    page = patient(browser.new_context().new_page())
    page.goto(f"{first}/auctions/{LAMP}")
    expect(page.locator("#bid-count")).to_have_text("0")
    Bidder("Ada", other).bid("55")
    expect(page.locator("#bid-count")).to_have_text("1", timeout=PATIENCE_S * 1000)

    watched = {"auction": f"{first}/auctions/{LAMP}"}
    stream = f"{second.url('live')}/stream"
    with requests.get(stream, watched, stream=True, timeout=PATIENCE_S) as frames:
        states = (json.loads(line[6:]) for line in frames.iter_lines() if line[:7] == b"data: {")
        assert next(states)["bid_count"] == 1
        Bidder("Bela", first).bid("80")
        assert next(states)["bid_count"] == 2

    photo = page.locator("img[src^='/photos/']").first.get_attribute("src")
    answers = [requests.get(f"{host}{photo}", timeout=PATIENCE_S) for host in (first, other)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    page.context.close()


def readable_by_others(var: Path) -> list[Path]:
    """Of all that a run has made, but for the logs, which the tests make: databases and what is
    beside them, secrets, photos, mails."""
    made = [file for file in var.rglob("*") if var / "log" not in {file, file.parent}]
    assert {file.suffix for file in made} >= {".jpg", ".env"}
    return [file for file in made if file.lstat().st_mode & 0o077]


def about_bids(letters: Letters) -> int:
    """How many mails have come to anybody about bids and sales."""
    return sum(bool(mail["List-Unsubscribe"]) for mail in letters.all())


def sell_and_bid(house: House, browser: Browser, letters: Letters) -> None:
    web = house.url("auctions")
    before = about_bids(letters)
    sal, ann, bob = (Person.arrive(name, browser, letters, web) for name in ("Sal", "Ann", "Bob"))
    began = time.monotonic()
    for person in (sal, ann, bob):
        person.join()
    # To list and to bid twice is less than that: the auction lasts as long as this machine needs.
    lasts_s = 10 + round(time.monotonic() - began)

    item = sal.list_item("Brass lamp", start_price="10.00", seconds=lasts_s)
    assert "highest bidder" in ann.bid(item, MAXIMA[0])
    assert "highest bidder" in bob.bid(item, MAXIMA[1])
    ann.wait_to_see("Outbid", f"{web}/my/bids")

    (outbid,) = wait_for(ann.mails, what="Ann's mail that she is outbid")
    assert "$42.37" in text_of(outbid)
    assert link_in(outbid, "/auctions/") == item
    ann.page.goto(link_in(outbid, "/auctions/"))
    assert "Brass lamp" in ann.page.get_by_role("heading", level=1).inner_text()
    wait_for(lambda: len(sal.mails()) == 2, what="a mail to Sal for each bid")
    assert {re.search(r"\$[0-9.]+", text_of(mail))[0] for mail in sal.mails()} == {
        "$10.00",
        "$42.37",
    }
    assert bob.mails() == []

    (won,) = wait_for(bob.mails, seconds=lasts_s + PATIENCE_S, what="Bob won")
    assert "won" in str(won["Subject"]).lower()
    assert "$42.37" in text_of(won)
    assert "Sal" in text_of(won)
    wait_for(lambda: len(ann.mails()) == 2, what="Ann's mail that she lost")
    wait_for(lambda: len(sal.mails()) == 3, what="Sal's mail about the sale")
    (sold,) = (mail for mail in sal.mails() if "sold" in str(mail["Subject"]).lower())
    assert "Bob" in text_of(sold)
    for person, page, word in ((bob, "bids", "Won"), (ann, "bids", "Lost"), (sal, "sales", "Sold")):
        person.wait_to_see(word, f"{web}/my/{page}")

    # One more mail that takes the same way later: whatever was to come has come before it.
    Person.arrive("Zoe", browser, letters, web).join()
    assert [len(person.mails()) for person in (sal, ann, bob)] == [3, 2, 1]
    assert about_bids(letters) == before + 6

    everything = house.all_output() + "".join(text_of(mail) for mail in letters.all())
    for maximum in MAXIMA:
        # What seconds of a time say is no amount.
        assert not re.search(rf"(?<!\d)(?<!\d:){re.escape(maximum)}(?!\d)", everything)
        in_minor_units = maximum.replace(".", "")
        assert not re.search(rf"(?<![0-9a-f]){in_minor_units}(?![0-9a-f])", everything)
    assert readable_by_others(Path(house.settings["VAR_DIR"])) == []
    assert set(house.stop().values()) <= {0, -15}
    traceback = re.search(r"(.*\n){3}.*Traceback(.*\n){0,60}", house.all_output())
    assert traceback is None, traceback[0]
