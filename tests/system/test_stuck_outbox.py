"""One event that the bus never takes, and one topic that is somebody else's: the rest leaves."""

import json
from collections.abc import Iterator

import pytest
import requests
from bus_client import BusClient
from service_kit.database import connect, writing
from service_kit.outbox import outbox_table
from service_kit.run.ports import is_free
from sqlalchemy import MetaData, insert

from tests.system.house import House
from tests.waiting import PATIENCE_S, wait_for

PUBLISHERS = [
    ("auctions", "auction_app", "customers", "questions"),
    ("bids", "bids_service", "biddings", "offers"),
]
THIEF = "a-token-of-somebody-else"


OF_AUCTIONS = """announcements auctions customers messages notices orders
payments questions reminders statements""".split()


@pytest.fixture(scope="module")
def with_a_thief(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A released house whose bus alone runs, and has one client more, with a default token."""
    house = House(tmp_path_factory.mktemp("house") / "var", {})
    try:
        house.run(f"echo thief {THIEF} | python -m bus.cli clients add")
        house.start("bus")
        yield house
    finally:
        house.close()


def test_no_topic_of_ours_can_be_had_before_its_first_event(with_a_thief: House) -> None:
    with BusClient(with_a_thief.url("bus"), THIEF) as thief:
        owners = {one["name"]: one["publisher"] for one in thief.topics()}
    assert owners == {
        **dict.fromkeys(OF_AUCTIONS, "auctions"),
        **dict.fromkeys(["biddings", "bids", "offers"], "bids"),
    }


@pytest.fixture
def with_a_theft(with_a_thief: House, service: str, stolen: str) -> Iterator[House]:
    """The same while the thief has a topic of ours; the other tests find it as it was."""
    with_a_thief.run(f"python -m bus.cli topics give {stolen} thief")
    yield with_a_thief
    with_a_thief.run(f"python -m bus.cli topics give {stolen} {service}")


@pytest.mark.parametrize(("service", "package", "free", "stolen"), PUBLISHERS)
def test_what_the_bus_refuses_holds_up_nothing_else_and_is_seen_and_settled(
    with_a_theft: House, service: str, package: str, free: str, stolen: str
) -> None:
    house, jobs = with_a_theft, f"{service}_jobs"
    good = "http://localhost:1/good/"
    announced = [(stolen, good), (free, f"{good}?q=1"), (free, f"{good}é"), (free, f"{good}last")]
    engine = connect(house.settings[f"{service.upper()}_DATABASE_URL"])
    with writing(engine) as connection:
        rows = [
            {"topic": topic, "type": "update", "url": url, "changed_at_ms": 1}
            for topic, url in announced
        ]
        connection.execute(insert(outbox_table(MetaData())), rows)
    engine.dispose()
    house.launch(jobs)

    def page(path: str) -> requests.Response:
        return requests.get(f"{house.url(jobs)}{path}", timeout=PATIENCE_S)

    def outbox() -> str:
        said: str = page("/readyz").json()["outbox"]
        return said

    with BusClient(house.url("bus"), house.settings["BUS_ROOT_KEY"]) as operator:

        def events(topic: str) -> int:
            counts: dict[str, int] = {one["name"]: one["events"] for one in operator.topics()}
            return counts[topic]

        wait_for(lambda: events(free) > 0, what="the good one arrives")
        wait_for(lambda: not is_free(house.ports[jobs]), what="the worker answers")
        wait_for(lambda: f"{stolen} is held" in outbox(), what="the held topic is seen")
        assert page("/readyz").status_code == 503
        lines = page("/metrics").text.splitlines()
        assert f'outbox_refused_events{{service="{service}",topic="{free}"}} 2.0' in lines
        assert f'outbox_held_topics{{service="{service}",topic="{stolen}"}} 1.0' in lines
        held, *refused = map(
            json.loads, house.run(f"python -m service_kit.outbox show {package}").splitlines()
        )
        assert (held["topic"], held["waiting"]) == (stolen, 1)
        assert [one["url"] for one in refused] == [f"{good}?q=1", f"{good}é"]
        assert "query" in refused[0]["reason"]

        house.run(f"python -m bus.cli topics give {stolen} {service}")
        house.run(f"python -m service_kit.outbox drop {package} --all")
        house.run(f"python -m service_kit.outbox retry {package}")
        wait_for(lambda: events(stolen) == 1, what="the held event arrives")
        wait_for(lambda: outbox() == "ok", what="all is well")
        wait_for(lambda: page("/readyz").status_code == 200, what="the worker is ready")
