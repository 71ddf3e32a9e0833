"""The yardsticks of delivering: POSTs with the pusher's HTTP library and nothing around them."""

import time
from collections.abc import Callable

import pycurl

from tests.bench.house import TOKEN

_PACE_S, _PACED = 0.01, 200
_EVENT = b'{"type":"update","url":"https://bids.example/at/%d"}'


def bare_posts(url: str, *, at_once: int, posts: int = 10_000) -> float:
    """POSTs a second of one event, with so many at once in one CurlMulti."""
    multi = pycurl.CurlMulti()
    multi.setopt(pycurl.M_MAXCONNECTS, at_once)
    body = b"[%b]" % (_EVENT % 0)
    for _ in range(at_once):
        multi.add_handle(handle(url, body))
    done = 0
    begun_s = time.perf_counter()
    while done < posts:
        multi.perform()
        _, finished, broken = multi.info_read()
        assert not broken, broken[0][1:]
        for curl in finished:
            done += 1
            multi.remove_handle(curl)
            multi.add_handle(curl)
        if not finished:
            multi.select(0.1)
    return done / (time.perf_counter() - begun_s)


def paced_posts(url: str) -> list[float]:
    """How long each of the POSTs took, in ms, a hundred a second."""
    curl = handle(url, b"")
    waits_ms: list[float] = []

    def post() -> None:
        begun_ns = time.monotonic_ns()
        curl.setopt(pycurl.POSTFIELDS, b"[%b]" % (_EVENT % 0))
        curl.perform()
        waits_ms.append((time.monotonic_ns() - begun_ns) / 1e6)

    _paced(post)
    return waits_ms


def paced_publishing(url: str) -> int:
    """Publish a hundred events a second, each with the time in its URL; returns how many.

    With the same library as the bare POSTs, so that they are alike but for what is measured.
    """
    curl = handle(url, b"")
    curl.setopt(pycurl.HTTPHEADER, [f"Authorization: Bearer {TOKEN}", "Expect:"])

    def post() -> None:
        curl.setopt(pycurl.POSTFIELDS, _EVENT % time.monotonic_ns())
        curl.perform()
        assert curl.getinfo(pycurl.RESPONSE_CODE) == 200

    _paced(post)
    curl.close()
    return _PACED


def _paced(work: Callable[[], None]) -> None:
    next_s = time.monotonic()
    for _ in range(_PACED):
        time.sleep(max(0.0, next_s - time.monotonic()))
        work()
        next_s += _PACE_S


def handle(url: str, body: bytes) -> pycurl.Curl:
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.POST, 1)
    curl.setopt(pycurl.HTTPHEADER, ["Content-Type: application/json", "Expect:"])
    curl.setopt(pycurl.POSTFIELDS, body)
    curl.setopt(pycurl.PROXY, "")
    curl.setopt(pycurl.WRITEFUNCTION, len)
    return curl
