"""One trace from the browser's POST to the SMTP server, by the spans that each process exports."""

from pathlib import Path

from playwright.sync_api import Browser

from tests.environment import environment
from tests.system.collector import Seen, collector
from tests.system.house import open_house
from tests.system.person import Person
from tests.system.smtp import Letters
from tests.waiting import wait_for

CONFIRM = "POST /auctions/<string:auction_id>/bid"
WAY = ["auctions", "bids", "bids_jobs", "bus", "pusher", "mailer", "mailer_jobs"]


def test_a_bid_is_one_trace_from_the_browser_to_the_mail(
    tmp_path: Path, letters: Letters, browser: Browser
) -> None:
    with (
        collector() as taken,
        environment({"OTEL_EXPORTER_OTLP_ENDPOINT": taken.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}),
        open_house(
            tmp_path / "var",
            SMTP_URL=f"smtp://127.0.0.1:{letters.port}",
            AUCTIONS_MIN_DURATION_S="1",
        ) as house,
    ):
        sal, ann = (
            Person.arrive(name, browser, letters, house.url("auctions")) for name in ("Sal", "Ann")
        )
        for person in (sal, ann):
            person.join()
        ann.bid(sal.list_item("Brass lamp", start_price="10.00", seconds=600), "41.37")
        wait_for(sal.mails, what="a mail to Sal about the bid")

        def whole_trace() -> list[Seen]:
            found = taken.trace_of("auctions", CONFIRM)
            is_whole = set(WAY) <= {one.process for one in found}
            return found if is_whole and any(one.name == "SMTP" for one in found) else []

        spans = wait_for(whole_trace, what="a span of every process on the way")
    by_id = {one.id: one for one in spans}
    last = next(one for one in spans if one.name == "SMTP")
    way = [last]
    while way[-1].parent in by_id:
        way.append(by_id[way[-1].parent])
    names = [f"{one.process}: {one.name}" for one in reversed(way)]
    assert list(dict.fromkeys(one.process for one in reversed(way))) == WAY, names
    assert names[0] == f"auctions: {CONFIRM}"
    assert way[-1].parent == ""
