"""Against peers on real sockets."""

import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from service_kit.content_coding import MAX_ANSWER_BYTES

from bus.delivery.answer import Answer
from bus.delivery.wire.http_client import HttpClient
from bus.delivery.wire.poller import Poll
from bus.delivery.wire.request import Request
from tests.bus.receiver import Receiver
from tests.needs import program
from tests.sockets import free_port, peer
from tests.waiting import wait_for


@pytest.fixture
def sender() -> Iterator[HttpClient]:
    made = HttpClient({"127.0.0.1"}, connect_ms=500, total_ms=1_000)
    yield made
    made.close()


def post(url: str, body: bytes = b"[]") -> Request:
    return Request(url, ("Content-Type: application/json", "X-Test: yes", "Expect:"), body)


def answers(sender: HttpClient, count: int = 1) -> list[Answer]:
    got: list[Answer] = []
    for _ in range(100):
        got += sender.wait(0.1)
        if len(got) >= count:
            return got
    raise AssertionError(f"only {len(got)} answers")


def answer_to(sender: HttpClient, url: str) -> Answer:
    sender.start(1, post(url))
    (answer,) = answers(sender)
    return answer


def saying(answer: bytes) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer)

    return talk


def hang(connection: socket.socket) -> None:
    connection.recv(1)
    threading.Event().wait(20)


def test_a_post_arrives_with_its_headers_and_body(sender: HttpClient, receiver: Receiver) -> None:
    sender.start(7, post(receiver.url, b'[{"a":1}]'))
    (answer,) = answers(sender)
    assert (answer.key, answer.status, answer.error) == (7, 204, None)
    assert answer.head[0].startswith(b"HTTP/1.1 204")
    assert answer.header("content-length") == "0"
    (delivery,) = receiver.deliveries
    assert delivery.body == b'[{"a":1}]'
    assert delivery.headers["x-test"] == "yes"
    assert "expect" not in delivery.headers


def test_a_large_body_arrives_whole(sender: HttpClient, receiver: Receiver) -> None:
    body = b"[" + b"1," * 2_000_000 + b"1]"
    sender.start(1, post(receiver.url, body))
    assert answers(sender)[0].acknowledged
    assert receiver.deliveries[0].body == body


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_acknowledges(sender: HttpClient, receiver: Receiver, status: int) -> None:
    receiver.statuses = [status]
    assert answer_to(sender, receiver.url).acknowledged


@pytest.mark.parametrize("status", [300, 304, 400, 401, 404, 410, 429, 500, 503])
def test_another_status_does_not(sender: HttpClient, receiver: Receiver, status: int) -> None:
    receiver.statuses = [status]
    answer = answer_to(sender, receiver.url)
    assert answer.status == status
    assert not answer.acknowledged


def test_a_redirect_is_not_followed(sender: HttpClient, receiver: Receiver) -> None:
    location = f"HTTP/1.1 307 Elsewhere\r\nLocation: {receiver.url}\r\nContent-Length: 0\r\n\r\n"
    with peer(saying(location.encode())) as url:
        answer = answer_to(sender, url)
    assert answer.status == 307
    assert not answer.acknowledged
    assert receiver.deliveries == []


def test_a_refused_connection_is_a_failure(sender: HttpClient) -> None:
    answer = answer_to(sender, f"http://127.0.0.1:{free_port()}/")
    assert answer.status is None
    assert answer.error


def test_a_peer_that_never_answers_is_cut_at_the_deadline(sender: HttpClient) -> None:
    with peer(hang) as url:
        answer = answer_to(sender, url)
    assert not answer.acknowledged
    assert "timed out" in str(answer.error)


def test_a_peer_that_drips_is_cut_at_the_deadline(sender: HttpClient) -> None:
    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            connection.sendall(b"x")
            threading.Event().wait(0.05)

    with peer(drip) as url:
        answer = answer_to(sender, url)
    assert not answer.acknowledged
    assert "timed out" in str(answer.error)


def test_an_endless_answer_is_read_up_to_16_kib(sender: HttpClient) -> None:
    def flood(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")

    with peer(flood) as url:
        answer = answer_to(sender, url)
    assert answer.acknowledged
    assert len(answer.body) == MAX_ANSWER_BYTES


def test_a_compressed_answer_is_not_unpacked(sender: HttpClient) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n"
    with peer(saying(head + b"\x1f\x8b\x08\x00")) as url:
        assert answer_to(sender, url).body == b"\x1f\x8b\x08\x00"


@pytest.mark.parametrize("garbage", [b"", b"\x00\x01\x02\r\n\r\n", b"HTTP/0.9 what\r\n\r\n"])
def test_garbage_is_a_failure(sender: HttpClient, garbage: bytes) -> None:
    with peer(saying(garbage)) as url:
        assert not answer_to(sender, url).acknowledged


def test_hanging_peers_delay_nobody(sender: HttpClient, receiver: Receiver) -> None:
    with peer(hang) as url:
        for key in range(50):
            sender.start(key, post(url))
        sender.start(99, post(receiver.url))
        assert [answer.key for answer in answers(sender)] == [99]
        assert sender.in_flight == 50


def test_a_connection_is_used_again(sender: HttpClient) -> None:
    accepted: list[int] = []

    def talk(connection: socket.socket) -> None:
        accepted.append(1)
        while connection.recv(65536):
            connection.sendall(b"HTTP/1.1 204 OK\r\n\r\n")

    with peer(talk) as url:
        for _ in range(5):
            assert answer_to(sender, url).acknowledged
    assert len(accepted) == 1


def test_the_environment_chooses_no_proxy(
    sender: HttpClient, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with peer(saying(b"HTTP/1.1 502 Proxied\r\nContent-Length: 0\r\n\r\n")) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("all_proxy", proxy)
        assert answer_to(sender, receiver.url).acknowledged


def test_a_watched_descriptor_ends_the_wait(sender: HttpClient) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        woken: list[bytes] = []
        sender.watch(ours.fileno(), lambda: woken.append(ours.recv(1)))
        theirs.send(b"!")
        assert sender.wait(60) == []
        assert woken == [b"!"]
        sender.unwatch(ours.fileno())


def test_who_has_no_time_to_wait_sees_news_all_the_same(sender: HttpClient) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        woken: list[bytes] = []
        sender.watch(ours.fileno(), lambda: woken.append(ours.recv(1)))
        theirs.send(b"!")
        assert sender.wait(0) == []
        assert woken == [b"!"]
        sender.unwatch(ours.fileno())


def test_without_epoll_it_is_the_same(receiver: Receiver) -> None:
    sender = HttpClient({"127.0.0.1", "localhost"}, connect_ms=500, total_ms=500, poller=Poll())
    reading, writing = socket.socketpair()
    heard: list[bytes] = []
    with reading, writing, peer(hang) as hanging:
        sender.watch(reading.fileno(), lambda: heard.append(reading.recv(1)))
        sender.start(1, post(receiver.url))
        sender.start(2, post(receiver.url.replace("127.0.0.1", "localhost")))
        sender.start(3, post(f"http://127.0.0.1:{free_port()}/"))
        sender.start(4, post(hanging))
        by_key = {answer.key: answer for answer in answers(sender, 4)}
        assert (by_key[1].status, by_key[2].status) == (204, 204)
        assert by_key[3].unreachable
        assert "timed out" in str(by_key[4].error)
        writing.send(b"!")
        assert sender.wait(5) == []
        assert heard == [b"!"]
        sender.unwatch(reading.fileno())
        writing.send(b"!")
        assert sender.wait(0.1) == []
        assert heard == [b"!"]
    sender.close()


def test_who_is_watched_no_longer_wakes_nobody(sender: HttpClient) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        woken: list[bytes] = []
        sender.watch(ours.fileno(), lambda: woken.append(ours.recv(1)))
        sender.unwatch(ours.fileno())
        theirs.send(b"!")
        assert (sender.wait(0), woken) == ([], [])
        sender.watch(ours.fileno(), lambda: woken.append(ours.recv(1)))
        sender.wait(5)
        assert woken == [b"!"]
        sender.unwatch(ours.fileno())


def test_a_request_is_a_post_in_http_1_1_that_says_who_sends_it(sender: HttpClient) -> None:
    heard: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        heard.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 204 OK\r\n\r\n")

    with peer(talk) as url:
        assert answer_to(sender, f"{url}/path").acknowledged
    lines = heard[0].decode().split("\r\n")
    assert lines[0] == "POST /path HTTP/1.1"
    assert "User-Agent: gavel-bus" in lines


def test_what_was_started_goes_out_before_there_is_time_to_wait(
    sender: HttpClient, receiver: Receiver
) -> None:
    answer_to(sender, receiver.url)  # so that there is a connection
    sender.start(1, post(receiver.url))
    assert sender.in_flight == 1
    sender.kick()
    wait_for(lambda: len(receiver.deliveries) == 2)
    assert answers(sender)[0].acknowledged
    assert sender.in_flight == 0


def test_it_is_told_how_long_each_part_of_an_attempt_took(sender: HttpClient) -> None:
    def talk(connection: socket.socket) -> None:
        while connection.recv(65536):
            threading.Event().wait(0.05)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n")
            threading.Event().wait(0.05)
            connection.sendall(b"1")

    with peer(talk) as url:
        took = answer_to(sender, url).timings
        again = answer_to(sender, url).timings
    assert took is not None
    assert again is not None
    assert took.connect_ms is not None
    assert took.first_byte_ms is not None
    assert 0 <= took.connect_ms <= took.first_byte_ms <= took.total_ms
    assert (took.first_byte_ms >= 50, took.total_ms >= 100) == (True, True)
    assert (again.connect_ms, again.total_ms >= 100) == (0, True)


def test_what_was_never_reached_took_no_time_of_an_attempt(sender: HttpClient) -> None:
    refused = answer_to(sender, f"http://127.0.0.1:{free_port()}/").timings
    assert refused is not None
    assert (refused.connect_ms, refused.first_byte_ms, refused.total_ms < 500) == (None, None, True)
    with peer(hang) as url:
        silent = answer_to(sender, url).timings
        no_tls = answer_to(sender, url.replace("http:", "https:")).timings
    assert silent is not None
    assert no_tls is not None
    assert (silent.connect_ms is None, silent.first_byte_ms, silent.total_ms >= 1_000) == (
        False,
        None,
        True,
    )
    assert (no_tls.connect_ms, no_tls.first_byte_ms, no_tls.total_ms >= 500) == (None, None, True)


def test_an_answer_that_ends_within_its_head_is_none(sender: HttpClient) -> None:
    with peer(saying(b"HTTP/1.1 200 OK\r\nServer: s\r\n")) as url:
        answer = answer_to(sender, url)
    assert (answer.status, answer.error) == (None, "closed before the end of the answer's head")


def test_the_head_is_that_of_the_answer_and_not_of_what_came_before_it(sender: HttpClient) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nX: early\r\n\r\n"
    with peer(saying(early + b"HTTP/1.1 204 OK\r\nX: late\r\n\r\n")) as url:
        answer = answer_to(sender, url)
    assert (answer.status, answer.headers("x")) == (204, ["late"])


def test_an_answer_of_16_kib_is_whole_and_a_longer_one_is_cut_off(sender: HttpClient) -> None:
    for length, is_cut_off in ((16 * 1024, False), (16 * 1024 + 1, True)):
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length
        with peer(saying(head + b"x" * length)) as url:
            answer = answer_to(sender, url)
        assert (answer.cut_off, len(answer.body), answer.error) == (is_cut_off, 16 * 1024, None)


@pytest.mark.parametrize(
    ("url", "unreachable"), [("http://127.0.0.1:{}/", True), ("https://127.0.0.1:{}/", True)]
)
def test_nobody_there_is_unreachable(sender: HttpClient, url: str, unreachable: bool) -> None:
    assert answer_to(sender, url.format(free_port())).unreachable is unreachable


def test_who_answers_nothing_was_reached(sender: HttpClient) -> None:
    with peer(hang) as url:
        assert not answer_to(sender, url).unreachable
    with peer(lambda connection: connection.close()) as url:
        assert not answer_to(sender, url).unreachable


def test_where_no_request_may_go_it_is_said_why_and_none_goes(receiver: Receiver) -> None:
    made = HttpClient(connect_ms=500, total_ms=1_000)
    made.start(1, post(receiver.url.replace("http:", "https:")))
    made.start(2, post("ftp://x.example/"))
    got = {one.key: one for one in answers(made, 2)}
    made.close()
    assert "leads to" in str(got[1].error)
    assert "https" in str(got[2].error)
    assert all(one.unreachable and one.status is None for one in got.values())
    assert receiver.deliveries == []


def test_a_closed_client_leaves_no_descriptor_with_what_was_in_flight(receiver: Receiver) -> None:
    receiver.gate.clear()

    def closed() -> int:
        made = HttpClient({"127.0.0.1"}, connect_ms=500, total_ms=1_000)
        made.start(1, post(receiver.url))
        made.kick()
        made.wait(0.05)
        made.close()
        assert made.in_flight == 0
        made.close()
        return len(os.listdir("/proc/self/fd"))

    before = closed()
    receiver.gate.set()
    wait_for(lambda: closed() <= before)


@pytest.fixture(scope="module")
def vouched(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS that offers HTTP/2 first, and the authority of its certificate."""
    folder: Path = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = f"req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key} -out {certificate}"
    name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [program("openssl"), *command.split(), *name], check=True, capture_output=True, timeout=60
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2", "http/1.1"])
    context.load_cert_chain(certificate, key)
    return context, certificate


@pytest.mark.slow
def test_a_certificate_of_an_authority_that_is_known_is_believed(
    vouched: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    context, authority = vouched
    monkeypatch.setattr("certifi.where", lambda: str(authority))
    chosen: list[str | None] = []

    def talk(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as safe:
            safe.recv(65536)
            chosen.append(safe.selected_alpn_protocol())
            safe.sendall(b"HTTP/1.1 204 OK\r\n\r\n")

    made = HttpClient({"127.0.0.1"}, connect_ms=2_000, total_ms=5_000)
    with peer(talk) as url:
        answer = answer_to(made, url.replace("http:", "https:"))
    made.close()
    assert answer.acknowledged
    assert chosen == ["http/1.1"]
