"""What a moderator decides is done where the bidding is, once, whoever is away meanwhile."""

import os
import re
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.system.bidder import LAMP, Bidder
from tests.system.house import House, open_house
from tests.system.mails import MAIL_BY_MAIL
from tests.system.smtp import Letters, text_of
from tests.waiting import wait_for

ITEM = f"/auctions/{LAMP}"
WHY = "Rule 2: it is a fake."
BIDS = ("bids", "bids_commands", "bids_jobs")


def bidding(house: House) -> dict[str, object]:
    """The lamp's bidding, as anybody may read it where it is."""
    auction = requests.get(
        house.url("auctions") + ITEM, headers={"Accept": "application/hal+json"}, timeout=10
    )
    url = (auction.json() if auction.ok else {}).get("_links", {}).get("bidding", {}).get("href")
    return dict(requests.get(url, timeout=10).json()) if url else {}


@contextmanager
def away(house: House, how: str) -> Iterator[None]:
    """While bids_service is stopped where it stands, or killed."""
    if how == "killed":
        house.kill(*BIDS)
        yield
        house.start(*BIDS)
        return
    for name in BIDS:
        os.killpg(house.pid(name), signal.SIGSTOP)
    try:
        yield
    finally:
        for name in BIDS:
            os.killpg(house.pid(name), signal.SIGCONT)


def subjects(letters: Letters, name: str) -> Counter[str]:
    mails = letters.to(f"{name}@example.org")
    return Counter(re.sub(r":.*| on .*", "", str(mail["Subject"])) for mail in mails)


@pytest.mark.parametrize("stage", ["mvp", "soa"])
def test_from_report_to_appeal_every_one_hears_once_and_the_bidding_goes_on(
    tmp_path: Path, letters: Letters, stage: str
) -> None:
    smtp = f"smtp://127.0.0.1:{letters.port}"
    with open_house(tmp_path / "var", STAGE=stage, SMTP_URL=smtp, **MAIL_BY_MAIL) as house:
        web = house.url("auctions")
        ada, bela, martha, nora = (Bidder(name, web) for name in ("Ada", "Bela", "Martha", "Nora"))
        ada.bid("500")
        open_one = bidding(house)
        public = requests.Session()
        bela.send(f"{ITEM}/report", reason="counterfeit", text="Seen it in a shop.")
        assert "Seen it in a shop." in nora.see(f"/moderation{ITEM}")

        nora.send(f"/moderation{ITEM}", action="hide", note=WHY)

        here = str(open_one["_links"]["self"]["href"])
        wait_for(
            lambda: public.get(here, timeout=10).json()["status"] == "frozen", what="the freeze"
        )
        wait_for(lambda: subjects(letters, "ada")["Bidding stopped"], what="Ada's mail")
        wait_for(lambda: subjects(letters, "martha")["We have removed"], what="Martha's mail")
        wait_for(
            lambda: [one for one in subjects(letters, "bela") if one.startswith("Your report")],
            what="Bela's mail",
        )
        removed = next(
            mail
            for mail in letters.to("martha@example.org")
            if str(mail["Subject"]).startswith("We have removed")
        )
        assert WHY in text_of(removed)
        found = re.search(rf"{re.escape(web)}(/appeals/[\w.-]+)", text_of(removed))
        assert found
        martha.send(found[1], text="It is real: here is the bill.")
        queue = nora.see("/moderation")
        assert "here is the bill" in queue
        decision = re.search(r'href="(/moderation/decisions/\w+)"', queue)
        assert decision

        nora.send(decision[1], action="lift", note="The bill shows it.")

        wait_for(
            lambda: public.get(here, timeout=10).json()["status"] == "open", what="the resumption"
        )
        now = public.get(here, timeout=10).json()
        assert int(now["ends_at_ms"]) > int(str(open_one["ends_at_ms"]))
        wait_for(lambda: subjects(letters, "ada")["Bidding goes on"], what="Ada's second mail")
        bela.bid("900")
        wait_for(lambda: subjects(letters, "martha")["Decision lifted"], what="Martha's second")
        for name in ("ada", "bela", "martha"):
            once = {
                kind: times for kind, times in subjects(letters, name).items() if "New" not in kind
            }
            assert set(once.values()) == {1}, once
        assert "Traceback" not in house.all_output()


@pytest.mark.parametrize("how", ["killed", "hanging"])
def test_a_banned_leader_is_out_once_bids_service_is_back(
    tmp_path: Path, letters: Letters, how: str
) -> None:
    smtp = f"smtp://127.0.0.1:{letters.port}"
    with open_house(tmp_path / "var", STAGE="soa", SMTP_URL=smtp, **MAIL_BY_MAIL) as house:
        web = house.url("auctions")
        ada, bela, nora = (Bidder(name, web) for name in ("Ada", "Bela", "Nora"))
        ada.bid("500")
        bela.bid("900")
        bela_is = re.search(r'href="(/customers/\w+)"', bela.see("/account"))
        assert bela_is
        here = str(bidding(house)["_links"]["self"]["href"])
        led = requests.get(here, timeout=10).json()

        with away(house, how):
            nora.send(f"/moderation{bela_is[1]}", action="ban", note=WHY)
            house.kill("auctions_jobs")
            house.start("auctions_jobs")

        def out() -> bool:
            now = requests.get(here, timeout=10).json()
            return bool(now["masked_leader"] != led["masked_leader"] and now["bid_count"] == 1)

        wait_for(out, what="Bela's bid taken back")
        wait_for(lambda: subjects(letters, "ada")["Bids removed"], what="Ada's mail")
        wait_for(lambda: "You are the highest bidder" in ada.see(ITEM), what="the lead on the page")
        house.kill("auctions_jobs")
        house.start("auctions_jobs")
        assert requests.get(here, timeout=10).json()["version"] == led["version"] + 1
        assert subjects(letters, "ada")["Bids removed"] == 1
        wait_for(lambda: subjects(letters, "bela")["Your account has been closed"], what="Bela's")
