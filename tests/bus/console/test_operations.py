"""Whatever the API can do, a person can do here: each operation is shown by some page, as curl."""

import re
import shlex
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient

from bus.model.delivery import Attempt, DeadLetter, LastAnswer, Parked, StateChange
from bus.storage import Storage
from tests.bus.api.calling import call
from tests.bus.clock import START_MS
from tests.bus.conftest import TOKENS
from tests.bus.console.conftest import SUBSCRIPTION, Operator
from tests.bus.console.settling import settle
from tests.bus.samples import log_event

PULLED = "/clients/subscriber/subscriptions/pulled"
PAGES = (
    "/",
    "/subscriptions",
    "/subscribe",
    SUBSCRIPTION,
    f"{SUBSCRIPTION}/attempts",
    f"{SUBSCRIPTION}/attempts/1",
    f"{SUBSCRIPTION}/parked",
    f"{SUBSCRIPTION}/dead-letters",
    f"{SUBSCRIPTION}/dead-letters/1",
    f"{SUBSCRIPTION}/seek",
    f"{SUBSCRIPTION}/edit",
    f"{SUBSCRIPTION}/secret",
    f"{SUBSCRIPTION}/remove",
    "/topics",
    "/topics/bids",
    "/events",
    "/audit",
    "/api_tokens",
)
ABSENT = {
    "GET /": "links, for programs: the console's menu leads to the same",
    "GET /clients": "the list of all subscriptions is by client",
    "GET /clients/{client}/subscriptions": "the list of all subscriptions shows the same, and more",
    "GET /clients/{client}/subscriptions/{name}/events": "it leases what a program is to work on",
    "POST /clients/{client}/subscriptions/{name}/ack": "for who holds a lease; a person seeks",
    "GET /subscriptions": "routemaster's form of the list of all subscriptions",
    "GET /subscribers": "another name of it",
    "POST /subscription": "routemaster's form of PUT of the subscription `default`",
    "POST /subscriber": "another name of it",
    "POST /subscription/secret": "routemaster's form of POST to `secret`",
    "DELETE /subscriber": "routemaster's form of DELETE of the subscription `default`",
    "DELETE /subscriber/topics/{topic}": "the edit form names the topics",
    "GET /pulse": "for monitors: the overview says whether pushers run",
    "GET /pulse/scaling": "for monitors",
    "GET /metrics": "for Prometheus",
    "GET /health": "for who starts processes",
    "GET /health/ping": "the same for monitors of routemaster",
    "GET /health/ping.json": "the same for monitors of routemaster",
}


@pytest.fixture
def owner(api: FlaskClient, storage: Storage, signed_in: Callable[[str], Operator]) -> Operator:
    """Whose subscription has something of each kind to show, and who owns the topic."""
    events = [{"type": "create", "url": f"https://x.example/{n}"} for n in range(3)]
    assert call(api, "POST", "/topics/bids", events, by="subscriber").status_code == 200
    wanted = {"topics": ["bids"], "callback": "https://s.example/", "uuid": "u-1"}
    assert call(api, "PUT", SUBSCRIPTION, wanted, by="subscriber").status_code == 201
    answer = LastAnswer(422, None, START_MS)
    change = StateChange(
        park={"https://x.example/1": Parked("https://x.example/1", 1, START_MS * 2, 1, answer)},
        park_events=[log_event(1, url="https://x.example/1")],
        dead_letters=[DeadLetter(log_event(2), 11, answer, b"")],
    )
    settle(storage, "subscriber", change=change)
    one = storage.subscriptions.find(storage.clients.id_of("subscriber"), "default")
    made = Attempt(0, one, START_MS, 9, 1, 1, 1, 1, 422, None, "", b"", "", b"", positions="1")
    storage.attempts.add([made], START_MS)
    return signed_in(TOKENS["subscriber"])


def shown(text: str) -> set[tuple[str, str]]:
    """The method and the path of each call that a page shows."""
    lines = re.findall(r"curl -X \w+ .*", unescape(re.sub(r"</?\w[^>]*>", "\n", text)))
    words = [shlex.split(line) for line in lines]
    urls = [next(word for word in each if word.startswith("http")) for each in words]
    return {
        (each[2], url.removeprefix("http://localhost").partition("?")[0])
        for each, url in zip(words, urls, strict=True)
    }


def test_each_operation_of_the_api_is_shown_by_a_page_or_absent_for_a_reason(
    owner: Operator, root: Operator, api: FlaskClient
) -> None:
    document = api.get("/openapi.json").get_json()
    operations = {
        f"{method.upper()} {path}": (method.upper(), re.sub(r"\{\w+\}", r"[^/]+", path))
        for path, item in document["paths"].items()
        for method in item
        if method != "parameters"
    }
    who = {"/api_tokens": root}
    calls = set().union(*(shown(who.get(page, owner).text(page)) for page in PAGES))
    missing = {
        name
        for name, (method, path) in operations.items()
        if not any(re.fullmatch(path, where) for how, where in calls if how == method)
    }
    assert missing == set(ABSENT)
    strange = {
        f"{how} {where}"
        for how, where in calls
        if not any(m == how and re.fullmatch(path, where) for m, path in operations.values())
    }
    assert strange == set()
