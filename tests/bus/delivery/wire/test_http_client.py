"""Against peers on real sockets."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from service_kit.content_coding import MAX_ANSWER_BYTES

from bus.delivery.answer import Answer
from bus.delivery.wire.http_client import HttpClient
from bus.delivery.wire.poller import Poll
from bus.delivery.wire.request import Request
from tests.bus.receiver import Receiver
from tests.sockets import free_port, peer


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
