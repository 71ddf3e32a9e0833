"""Several apps in one process: called by their public URLs, and acted for after their commits."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask, request
from pytest_httpserver import HTTPServer
from service_kit.config import ConfigError, load, setting
from service_kit.errors import UnexpectedStatus, UnknownOrigin, Unreachable
from service_kit.http import HttpClient
from service_kit.local import AfterCommit, ByPort, Commits, LocalChannel, LocalTransport
from werkzeug.test import Client

from tests.sockets import free_port

BIDS, AUCTIONS = "http://localhost:8002", "http://localhost:8000"


@pytest.fixture
def transport() -> Iterator[LocalTransport]:
    transport = LocalTransport()
    yield transport
    transport.close()


def app_that(answers: Callable[[], Any]) -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/<path:path>", "all", lambda path: answers(), methods=["GET", "POST"])
    return app


def test_an_app_of_this_process_is_called_at_its_url_with_the_token_for_it(
    transport: LocalTransport, httpserver: HTTPServer
) -> None:
    def answer() -> dict[str, Any]:
        assert threading.current_thread() is threading.main_thread()
        return {"url": request.url, "token": request.authorization.token}

    transport.serve(BIDS, app_that(answer))
    httpserver.expect_request("/far").respond_with_json({"far": True})
    far = httpserver.url_for("")
    with HttpClient({BIDS: "secret", far: None}, transport=transport) as client:
        said = client.send("POST", f"{BIDS}/bids/ä?x=%C3%A4", json={}).json()
        assert said == {"url": f"{BIDS}/bids/ä?x=ä", "token": "secret"}
        assert client.get(f"{far}far").json() == {"far": True}
        with pytest.raises(UnknownOrigin):
            client.get(f"{AUCTIONS}/x")


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost.localdomain"])
def test_another_host_is_not_in_this_process(transport: LocalTransport, host: str) -> None:
    port = free_port()
    transport.serve(f"http://localhost:{port}", app_that(lambda: "here"))
    url = f"http://{host}:{port}"
    with HttpClient({url: None}, transport=transport) as client, pytest.raises(Unreachable):
        client.get(f"{url}/x")


def test_apps_call_each_other_in_turn_within_one_thread(transport: LocalTransport) -> None:
    bids, auctions = (
        HttpClient({BIDS: None}, transport=transport),
        HttpClient({AUCTIONS: None}, transport=transport),
    )
    transport.serve(
        AUCTIONS,
        app_that(
            lambda: bids.get(f"{BIDS}/bid").json() if request.path == "/place" else {"terms": 1}
        ),
    )
    transport.serve(BIDS, app_that(lambda: auctions.get(f"{AUCTIONS}/terms").json()))
    with HttpClient({AUCTIONS: None}, transport=transport) as client:
        assert client.get(f"{AUCTIONS}/place").json() == {"terms": 1}


def test_an_app_that_fails_is_an_answer_and_not_the_end_of_its_caller(
    transport: LocalTransport,
) -> None:
    transport.serve(BIDS, app_that(lambda: 1 / 0))
    with HttpClient({BIDS: None}, transport=transport) as client, pytest.raises(UnexpectedStatus):
        client.get(f"{BIDS}/x")


def test_each_port_has_its_app() -> None:
    apps = ByPort({8000: app_that(lambda: "auctions"), 8002: app_that(lambda: "bids")})
    for port, words in ((8000, "auctions"), (8002, "bids")):
        environ = {"SERVER_PORT": str(port), "HTTP_HOST": "elsewhere:8002"}
        assert Client(apps).get("/x", environ_overrides=environ).text == words


class House:
    """An app whose requests commit as they are told, and what was acted on after which."""

    def __init__(self) -> None:
        self.commits = Commits()
        self.channel = LocalChannel(self.commits.note)
        self.acted = 0
        app = app_that(self._answer)
        self.client = Client(AfterCommit(app, self.commits, self._act))

    def _answer(self) -> str:
        assert self.acted == 0, "acted before the request was through"
        if "commit" in request.args:
            self.channel.notify()
            self.channel.notify()
        if "elsewhere" in request.args:
            committer = threading.Thread(target=self.channel.notify)
            committer.start()
            committer.join()
        if "fail" in request.args:
            raise ZeroDivisionError
        return "done"

    def _act(self) -> None:
        self.acted += 1
        self.commits.note()  # what it does commits too


@pytest.mark.parametrize(
    ("method", "path", "acts"),
    [
        ("GET", "/x", 0),
        ("HEAD", "/x", 0),
        ("GET", "/x?commit", 1),
        ("GET", "/x?elsewhere", 0),
        ("POST", "/x?commit", 1),
        ("POST", "/x?elsewhere", 1),
        ("POST", "/x?commit&fail", 1),
    ],
)
def test_after_a_request_that_changed_something_it_is_acted_once_in_its_thread(
    method: str, path: str, acts: int
) -> None:
    house = House()
    house.client.open(path, method=method)
    assert house.acted == acts
    house.acted = 0
    house.client.get("/x")
    assert house.acted == 0


def test_a_local_channel_wakes_who_waits_at_it() -> None:
    channel = LocalChannel(lambda: None)
    assert not channel.wait(0)
    channel.notify()
    assert channel.wait(10)
    assert not channel.wait(0)


@dataclass(frozen=True, kw_only=True)
class Config:
    bids_url: str = setting("SHOP_BIDS_URL")


@pytest.mark.parametrize("said", ["wsgi+http://localhost:8002", "http://localhost:8002"])
def test_a_url_of_an_app_in_this_process_reads_as_the_url(
    monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv("SHOP_BIDS_URL", said)
    assert load(Config, prefix="SHOP_", holds=lambda url: url == BIDS).bids_url == BIDS


@pytest.mark.parametrize(
    "said", ["wsgi+http://localhost:8003", "wsgi+", "wsgi+bids", "wsgi+wsgi+http://localhost:8002"]
)
def test_an_app_that_is_not_in_this_process_is_one_line_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv("SHOP_BIDS_URL", said)
    for holds in (lambda url: url == BIDS, lambda _: False):
        with pytest.raises(ConfigError) as refused:
            load(Config, prefix="SHOP_", holds=holds)
        (line,) = refused.value.complaints
        assert line == f"SHOP_BIDS_URL: {said}: this process does not hold that app"
