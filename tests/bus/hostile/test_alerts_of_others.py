"""What the bus tells of a client's subscriptions no other client sees, whatever way it looks:
running processes, real failures, both entrances (docs/delivery.md D35)."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.bus.receiver import Delivery, Receiver, Reply, receiving
from tests.bus.serving import FLASK, ROOT_KEY, Served, serving
from tests.bus.streams.listening import Stream
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

NAMES = ("ada", "bob")


class Watched:
    """A bus of two clients, each with a subscription that fails at everything but what the bus
    tells, and one that the bus tells to. Who runs the bus is told of both."""

    def __init__(self, bus: Served, receiver: Receiver) -> None:
        self.bus = bus
        self.receiver = receiver
        self.tokens = {name: bus.token(name) for name in NAMES} | {"root": ROOT_KEY}
        receiver.decide = _fail_at_all_but_the_bus
        for name in NAMES:
            self.put(name, "failing", topics=["boxes"], retry={"first_ms": 100})
            self.put(name, "pushed", topics=["bus"])
            self.put(name, "everything", topics=["*", "bus.update"])
            self.pull(name, "pulled")
        asked = {"name": "chief", "scopes": ["subscribe", "monitor:all"]}
        self.tokens["chief"] = self.ask("POST", "/api_tokens", by="root", json=asked)["token"]
        self.pull("chief", "pulled")
        self.publish(1)
        self.wait_until_told()

    def wait_until_told(self) -> None:
        """Everybody's failure is in the log."""
        wait_for(lambda: self.log("root") >= {(n, "failing") for n in NAMES}, what="both are told")

    def publish(self, number: int) -> None:
        event = {"type": "create", "url": f"https://shop.example/boxes/{number}"}
        asked = {"auth": (self.bus.token("shop"), ""), "json": event, "timeout": 10}
        requests.post(f"{self.bus.url}/topics/boxes", **asked).raise_for_status()  # type: ignore[arg-type]

    def ask(self, method: str, path: str, *, by: str, **how: Any) -> Any:
        answer = requests.request(
            method, f"{self.bus.url}{path}", auth=(self.tokens[by], ""), timeout=10, **how
        )
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def put(self, name: str, subscription: str, **wanted: Any) -> None:
        callback = f"{self.receiver.url}/{name}/{subscription}"
        asked = {"callback": callback, "uuid": name, "from": "beginning"} | wanted
        self.ask("PUT", f"/clients/{name}/subscriptions/{subscription}", by=name, json=asked)

    def pull(self, name: str, subscription: str, **more: Any) -> None:
        asked = {"topics": ["bus"], "from": "beginning"} | more
        self.ask("PUT", f"/clients/{name}/subscriptions/{subscription}", by=name, json=asked)

    def pulled(self, name: str, subscription: str) -> set[tuple[str, str]]:
        """What waits for it; nothing is acknowledged."""
        path = f"/clients/{name}/subscriptions/{subscription}/events?lease_ms=1000&wait=2"
        return told(self.ask("GET", path, by=name)["events"])

    def log(self, name: str, topics: str = "bus") -> set[tuple[str, str]]:
        path = f"/events?topics={topics}&after=beginning&limit=1000"
        return told(self.ask("GET", path, by=name)["events"])

    def pushed(self, name: str, subscription: str) -> set[tuple[str, str]]:
        """What was delivered to it."""
        deliveries = list(self.receiver.deliveries)
        ours = [one for one in deliveries if one.path.endswith(f"/{name}/{subscription}")]
        return told([event for one in ours for event in one.events])


def _fail_at_all_but_the_bus(delivery: Delivery) -> Reply:
    return Reply(500 if delivery.path.endswith("/failing") else 204)


def told(events: list[Any]) -> set[tuple[str, str]]:
    """Whose subscription it was told of, and what."""
    return {
        (event["url"].split("/")[-3], event["data"]["state"])
        for event in events
        if event["topic"] == "bus"
    }


@pytest.fixture(scope="module", params=["asgi", "wsgi"])
def watched(
    request: pytest.FixtureRequest, migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    database = Path(shutil.copy(migrated, tmp_path_factory.mktemp("told") / "bus.sqlite3"))
    entrance = FLASK if request.param == "wsgi" else None
    settings = {"BUS_TRUSTED_HOSTS": "127.0.0.1", "BUS_PUBLIC_URL": "http://bus.example"}
    with (
        serving(database, "bus", "pusher", entrance=entrance, **settings) as served,
        receiving() as receiver,
    ):
        yield Watched(served, receiver)


@pytest.mark.parametrize("name", NAMES)
def test_a_client_is_pushed_what_is_told_of_its_own_and_nothing_else(
    watched: Watched, name: str
) -> None:
    own = {(name, "failing")}
    wait_for(lambda: watched.pushed(name, "pushed") >= own, what="it is told")
    wait_for(lambda: watched.pushed(name, "everything") >= own, what="it is told beside the rest")
    assert watched.pushed(name, "pushed") == watched.pushed(name, "everything") == own


@pytest.mark.parametrize("name", NAMES)
def test_a_client_pulls_what_is_told_of_its_own_and_nothing_else(
    watched: Watched, name: str
) -> None:
    assert watched.pulled(name, "pulled") == {(name, "failing")}
    watched.pull(name, "newcomer", **{"from": "snapshot"})
    assert watched.pulled(name, "newcomer") <= {(name, "failing")}


@pytest.mark.parametrize("topics", ["bus", "bus.update", "*,bus", "bus,boxes"])
@pytest.mark.parametrize("name", NAMES)
def test_a_client_reads_of_the_log_what_is_told_of_its_own_and_nothing_else(
    watched: Watched, name: str, topics: str
) -> None:
    assert watched.log(name, topics) == {(name, "failing")}


def test_who_asks_for_every_topic_hears_nothing_of_the_bus(watched: Watched) -> None:
    assert watched.log("ada", "*") == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_clients_stream_says_what_is_told_of_its_own_and_nothing_else(
    watched: Watched, name: str
) -> None:
    with Stream(watched.bus.port, watched.tokens[name], "topics=bus,boxes&after=beginning") as one:
        if one.answer.status == 406:
            pytest.skip("streams are served by the ASGI entrance alone")
        found = one.events(2)
        watched.publish(2)
        found += one.events(1)
    assert told(found) == {(name, "failing")}


def test_who_may_see_everybodys_is_told_of_everybodys(watched: Watched) -> None:
    everybody = {(name, "failing") for name in NAMES}
    assert watched.log("root") == watched.log("chief") == everybody
    assert watched.pulled("chief", "pulled") == everybody


@pytest.mark.parametrize("name", NAMES)
def test_no_preview_of_a_seek_shows_what_was_told_of_another(watched: Watched, name: str) -> None:
    for subscription in ("pulled", "pushed", "everything"):
        path = f"/clients/{name}/subscriptions/{subscription}/seek?to=beginning"
        seen = json.dumps(watched.ask("GET", path, by=name))
        assert not re.findall(rf"/clients/(?!{name}/)\w+/subscriptions", seen)


def test_who_runs_the_bus_and_edits_a_clients_subscription_tells_it_no_more_than_before(
    watched: Watched,
) -> None:
    path = "/clients/ada/subscriptions/edited"
    watched.pull("ada", "edited")
    watched.ask("PUT", path, by="root", json={"topics": ["bus", "boxes"], "max": 7})
    assert watched.pulled("ada", "edited") == {("ada", "failing")}


PAGES = ("/", "/topics", "/topics/bus", "/subscriptions", "/tail?topics=bus", "/events?topics=bus",
         "/events?topics=bus&after=beginning", "/history", "/audit", "/overview",
         "/clients/{name}/subscriptions/pulled", "/clients/{name}/subscriptions/pushed/attempts",
         "/clients/{name}/subscriptions/pulled/seek?to=beginning")  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_page_of_the_console_or_of_the_api_names_anothers_subscription(
    watched: Watched, name: str
) -> None:
    (other,) = set(NAMES) - {name}
    with requests.Session() as browser:
        form = browser.get(f"{watched.bus.url}/console/sign-in", timeout=10)
        csrf = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', form.text)
        assert csrf
        sent = {"csrf_token": csrf[1], "token": watched.tokens[name]}
        browser.post(f"{watched.bus.url}/console/sign-in", data=sent, timeout=10)
        seen = {}
        for page in PAGES:
            path = page.format(name=name)
            for accept in ("text/html", "application/hal+json"):
                asked = {"headers": {"Accept": accept}, "timeout": 10}
                html = browser.get(f"{watched.bus.url}/console{path}", **asked)  # type: ignore[arg-type]
                api = requests.get(
                    f"{watched.bus.url}{path}",
                    auth=(watched.tokens[name], ""),
                    **asked,  # type: ignore[arg-type]
                )
                seen[accept, path] = html.text + api.text
    assert sum("failing" in text for text in seen.values()) > 2
    assert [where for where, text in seen.items() if f"clients/{other}/" in text] == []
