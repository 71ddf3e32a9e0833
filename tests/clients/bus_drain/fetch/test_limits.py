"""No call lasts, grows or wanders beyond what it was allowed."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable

import pytest
from bus_drain.fetch import EntityClient, TooLarge, Unavailable, UnknownHost
from bus_drain.state import State
from werkzeug import Response

from tests.sockets import free_port, peer

from .conftest import Pauses, Site, hal, serving

never = threading.Event()


def test_a_token_goes_to_its_own_host_only(site: Site) -> None:
    with serving(Site()) as other:
        for one in (site, other):
            one.shows("/x", {})
        with EntityClient({site.url: "a", other.url: "b"}) as client:
            for one in (site, other):
                client.get(one.url + "/x")
        asked = [one.asked[0].headers["Authorization"] for one in (site, other)]

    assert asked == ["Bearer a", "Bearer b"]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x", "https://127.0.0.1/x", "ftp://a/", "x", ""]
)
def test_a_strange_host_is_not_asked(client: EntityClient, url: str) -> None:
    with pytest.raises(UnknownHost):
        client.get(url)


def dripping(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while not never.wait(0.02):
        connection.sendall(b" ")


def test_the_deadline_holds_for_a_peer_that_drips() -> None:
    with (
        peer(dripping) as url,
        EntityClient({url: None}, total_s=0.4, read_s=5) as client,
        pytest.raises(Unavailable),  # it would drip for hours
    ):
        client.get(url)


def test_the_deadline_holds_for_all_attempts_together(
    make_client: Callable[..., EntityClient], site: Site, pauses: Pauses
) -> None:
    site.pages["/x"] = lambda _request: Response(status=503, headers={"Retry-After": "60"})

    with pytest.raises(Unavailable) as caught:
        make_client(total_s=1).get(site.url + "/x")
    assert caught.value.retry_after_s == 60
    assert len(site.asked) == 1
    assert pauses.seconds == []


def test_who_paused_for_too_long_asks_no_more(
    make_client: Callable[..., EntityClient], site: Site
) -> None:
    site.pages["/x"] = lambda _request: Response(status=503)

    with pytest.raises(Unavailable, match="in time"):
        make_client(total_s=0.5, pause=lambda _seconds: never.wait(0.6)).get(site.url + "/x")
    assert len(site.asked) == 1


def test_an_answer_has_a_largest_size(make_client: Callable[..., EntityClient], site: Site) -> None:
    site.pages["/x"] = lambda _request: hal({"x": "y" * 5000})

    with pytest.raises(TooLarge):
        make_client(max_bytes=1000).get(site.url + "/x")
    assert make_client(max_bytes=10_000).get(site.url + "/x")["x"]


def test_a_host_that_is_not_there() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with (
        EntityClient({url: "hunter2"}, pause=lambda _s: None) as client,
        pytest.raises(Unavailable) as caught,
    ):
        client.get(url)
    assert "hunter2" not in str(caught.value)


def test_a_private_authority_can_be_trusted(certificate: tuple[str, str]) -> None:
    with serving(Site(), ssl_context=certificate) as site:
        url = site.shows("/x", {"n": 1})
        with EntityClient({site.url: "t"}, ca_file=certificate[0]) as client:
            assert client.get(url)["n"] == 1


@pytest.mark.parametrize("is_cached", [False, True])
def test_a_client_that_is_closed_hangs_up(is_cached: bool, drain_state: State) -> None:
    hung_up = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        if connection.recv(1) == b"":
            hung_up.set()

    with peer(talk) as url:
        client = EntityClient({url: None}, cache=drain_state.cache if is_cached else None)
        with client:
            client.get(url)
            assert not hung_up.is_set()
        assert hung_up.wait(20)


def test_a_client_waits_ten_seconds_in_all_unless_said_otherwise(
    client: EntityClient, site: Site, pauses: Pauses
) -> None:
    wishes = ["9", "10"]
    site.pages["/x"] = lambda _request: Response(
        status=503, headers={"Retry-After": wishes[len(pauses.seconds)]}
    )

    with pytest.raises(Unavailable):
        client.get(site.url + "/x")
    assert pauses.seconds == [9]


def test_a_mebibyte_is_the_largest_answer_unless_said_otherwise(
    client: EntityClient, site: Site
) -> None:
    text = json.dumps({"x": ""})
    for path, more in (("/largest", 0), ("/larger", 1)):
        site.shows(path, {"x": "y" * (1024 * 1024 - len(text) + more)})

    client.get(site.url + "/largest")
    with pytest.raises(TooLarge):
        client.get(site.url + "/larger")
