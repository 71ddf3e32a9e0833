"""What is kept of an answer, for whom, and for how long."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from bus_drain import Bust, Outcome
from bus_drain.fetch import EntityClient, Unavailable
from bus_drain.fetch.cache import owner_of
from bus_drain.state import State
from bus_drain.storage import open_state
from werkzeug import Request, Response

from tests.clients.bus_drain.conftest import made
from tests.sockets import peer

from .conftest import Site, hal

Make = Callable[..., EntityClient]


def with_etag(site: Site, path: str, **headers: str) -> tuple[str, list[str]]:
    """A page whose versions are counted; its URL, and the versions that were sent in full."""
    sent: list[str] = []

    def page(request: Request) -> Response:
        version = f'"{site.version}"'  # type: ignore[attr-defined]
        answer = hal({"version": version}, ETag=version, **headers)
        if request.headers.get("If-None-Match") == version:
            return Response(status=304, headers=answer.headers)
        sent.append(version)
        return answer

    site.version = 1  # type: ignore[attr-defined]
    site.pages[path] = page
    return site.url + path, sent


def test_an_unchanged_entity_is_not_sent_again(
    make_client: Make, site: Site, drain_state: State
) -> None:
    url, sent = with_etag(site, "/x")
    client = make_client(cache=drain_state.cache)

    assert [client.get(url)["version"] for _ in range(3)] == ['"1"'] * 3
    site.version = 2  # type: ignore[attr-defined]
    assert client.get(url)["version"] == '"2"'
    assert sent == ['"1"', '"2"']
    assert len(site.asked) == 4


def test_the_cache_outlives_the_client(make_client: Make, site: Site, drain_state: State) -> None:
    url, sent = with_etag(site, "/x")
    for _ in range(2):
        make_client(cache=drain_state.cache).get(url)

    assert sent == ['"1"']


def test_what_says_how_long_it_is_good_is_not_asked_for_again(
    make_client: Make, site: Site, drain_state: State
) -> None:
    url = site.shows("/x", {"n": 1}, Cache_Control="max-age=60")
    client = make_client(cache=drain_state.cache)

    assert [client.get(url)["n"] for _ in range(3)] == [1, 1, 1]
    assert len(site.asked) == 1


@pytest.mark.parametrize("policy", ["no-store", "max-age=0", "no-cache"])
def test_fresh_s_never_overrules_the_server(
    make_client: Make, site: Site, drain_state: State, policy: str
) -> None:
    url = site.shows("/x", {}, Cache_Control=policy)
    client = make_client(cache=drain_state.cache, fresh_s=60)
    for _ in range(2):
        client.get(url)

    assert len(site.asked) == 2


def test_what_says_nothing_of_caching_is_asked_for_each_time(
    make_client: Make, site: Site, drain_state: State
) -> None:
    url = site.shows("/x", {"n": 1})
    client = make_client(cache=drain_state.cache)
    for _ in range(2):
        client.get(url)

    assert len(site.asked) == 2


def test_what_may_no_longer_be_kept_is_dropped(
    make_client: Make, site: Site, drain_state: State
) -> None:
    url = site.shows("/x", {"n": 1}, ETag='"1"')
    client = make_client("t", cache=drain_state.cache)
    client.get(url)
    assert drain_state.cache.read(url, owner_of("t")).body
    site.shows("/x", {"n": 2}, Cache_Control="no-store")

    assert client.get(url)["n"] == 2
    assert not drain_state.cache.read(url, owner_of("t")).body


def test_each_credential_has_answers_of_its_own(
    make_client: Make, site: Site, drain_state: State
) -> None:
    def page(request: Request) -> Response:
        return hal({"for": request.headers.get("Authorization")}, Cache_Control="max-age=60")

    site.pages["/me"] = page
    clients = [make_client(token, cache=drain_state.cache) for token in ("a", "b", None)]
    answers = [client.get(site.url + "/me")["for"] for client in clients * 2]

    assert answers == ["Bearer a", "Bearer b", None] * 2
    assert len(site.asked) == 3


def test_vary_is_honoured(make_client: Make, site: Site, drain_state: State) -> None:
    def page(request: Request) -> Response:
        language = request.headers["Accept-Language"]
        return hal({"language": language}, Cache_Control="max-age=60", Vary="Accept-Language")

    site.pages["/x"] = page
    client = make_client(cache=drain_state.cache)

    def language(wanted: str) -> Any:
        return client.get(site.url + "/x", headers={"Accept-Language": wanted})["language"]

    assert [language("de"), language("de"), language("en")] == ["de", "de", "en"]
    assert len(site.asked) == 2


def test_an_event_makes_a_kept_answer_go(make_client: Make, site: Site, drain_state: State) -> None:
    url = site.shows("/x", {"n": 1})
    client = make_client(cache=drain_state.cache, fresh_s=3600)
    drain = Bust(drain_state.cache, lambda events: Outcome())

    assert [client.get(url)["n"] for _ in range(2)] == [1, 1]
    site.shows("/x", {"n": 2})
    assert client.get(url)["n"] == 1
    drain([made(1, url=url, type="update")])
    assert [client.get(url)["n"] for _ in range(2)] == [2, 2]
    assert len(site.asked) == 2


def test_an_answer_from_before_the_event_is_not_kept(
    make_client: Make, site: Site, drain_state: State
) -> None:
    def changes_while_it_answers(_request: Request) -> Response:
        drain_state.cache.bust([site.url + "/x"], 1)
        return hal({"n": "the past"})

    site.pages["/x"] = changes_while_it_answers
    client = make_client(cache=drain_state.cache, fresh_s=3600)
    client.get(site.url + "/x")
    site.shows("/x", {"n": "now"})

    assert client.get(site.url + "/x")["n"] == "now"


def test_an_answer_that_was_cut_short_is_not_kept(drain_state: State) -> None:
    stay = threading.Event()

    def cut(connection: socket.socket) -> None:
        connection.recv(4096)
        head = b'HTTP/1.1 200 OK\r\nETag: "1"\r\nDate: Sat, 21 Nov 2026 10:00:00 GMT\r\n\r\n'
        connection.sendall(head + b'{"n": 1}')
        stay.wait(20)

    with peer(cut) as url:
        with (
            EntityClient({url: "t"}, cache=drain_state.cache, total_s=0.3, read_s=5) as client,
            pytest.raises(Unavailable),
        ):
            client.get(url)
        assert drain_state.cache.read(url, owner_of("t")).body is None
        stay.set()


def test_a_cache_that_is_away_costs_time_only(
    make_client: Make, site: Site, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    state = open_state(f"sqlite:///{tmp_path}/gone.sqlite3")
    state.close()
    (tmp_path / "gone.sqlite3").write_bytes(b"broken" * 1000)
    url = site.shows("/x", {"n": 1}, Cache_Control="max-age=60")
    client = make_client(cache=state.cache)

    assert [client.get(url)["n"] for _ in range(2)] == [1, 1]
    assert "cache not read" in caplog.text
    state.close()


def test_who_owns_an_answer_does_not_tell_the_credential() -> None:
    assert "hunter2" not in owner_of("hunter2")
    assert len({owner_of("a"), owner_of("b"), owner_of(None)}) == 3
