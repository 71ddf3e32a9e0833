"""A house that starts for the first time: who publishes may be there long before who listens."""

from bus_client import BusClient
from playwright.sync_api import Browser

from tests.system.house import House
from tests.system.person import Person
from tests.system.smtp import Letters
from tests.waiting import wait_for

PUBLISHERS = ("bus", "auctions", "auctions_jobs")
ACCOUNTS = {f"{name}@example.org" for name in ("martha", "tomas", "ada", "bela", "nora")}
AUCTIONS = 6


def test_what_is_published_before_any_subscriber_runs_reaches_all_of_them_once(
    released_house: House, browser: Browser, letters: Letters
) -> None:
    house = released_house
    house.start(*PUBLISHERS)
    with BusClient(house.url("bus"), house.settings["BUS_ROOT_KEY"]) as bus:

        def events(topic: str) -> int:
            counts: dict[str, int] = {one["name"]: one["events"] for one in bus.topics()}
            return counts[topic]

        def waiting() -> dict[str, int]:
            found = {one["subscriber"]: one["events"]["queued"] for one in bus.subscribers()}
            return {name: left for name, left in found.items() if not name.startswith("demo/")}

        wait_for(lambda: events("customers") >= len(ACCOUNTS), what="accounts are published")
        wait_for(lambda: events("auctions") >= AUCTIONS, what="auctions are published")
        # live subscribes when it starts: before, no browser looks on.
        assert waiting().keys() == {"accounting", "auctions", "bids", "mailer"}
        assert waiting()["mailer"] >= len(ACCOUNTS)
        assert waiting()["bids"] >= AUCTIONS

        house.start(*(house.commands.keys() - set(PUBLISHERS)))
        wait_for(lambda: len(letters.all()) >= len(ACCOUNTS), what="a mail to each account")
        wait_for(lambda: events("biddings") >= AUCTIONS, what="a bidding for each auction")
        wait_for(lambda: not any(waiting().values()), what="nothing waits for anybody")
    # Zoe's mails take the same way later: whatever was to come has come before them.
    Person.arrive("Zoe", browser, letters, house.url("auctions")).join()
    assert [len(letters.to(account)) for account in ACCOUNTS] == [1] * len(ACCOUNTS)
    assert len(letters.all()) == len(ACCOUNTS) + len(letters.to("zoe@example.org"))
