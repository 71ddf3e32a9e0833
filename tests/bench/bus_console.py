"""The console: pages of many beside pages of few, and what it costs publishers to have it open."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import quantiles

import requests
from service_kit.webhooks import new_secret
from sqlalchemy import insert, select, update

from bus.model.subscription import SubscriptionRequest
from bus.storage import Storage
from bus.storage.tables import cursors, dead_letters, subscriptions
from tests.bench.bus_publish import bodies, publish_to
from tests.bench.house import client_id, on_sqlite
from tests.bench.measuring import Measurement, Turns, measures
from tests.bench.rows import Bar, Pair
from tests.bus.samples import log_event

_FEW, _MANY = (10, 10), (1_000, 100_000)
"""Subscriptions, and dead letters of one of them."""
_OF_A_CLIENT = 100
_ASKED = 10
_LOOKS_EVERY_S = 2
_LOOKS = 3
ONE = "/clients/client-0/subscriptions/s0"
PAGES = (
    "/",
    "/subscriptions",
    "/subscriptions?condition=failing",
    "/subscriptions?condition=active",
    ONE,
    f"{ONE}/dead-letters",
    f"{ONE}/dead-letters?after=1",
    f"{ONE}/attempts",
    f"{ONE}/edit",
    "/topics",
)

Look = Callable[[requests.Session, str, threading.Event], None]


@measures(
    *(
        Bar(f"console: {path}, p95, of 1 000 and 100 000", "ms", 3, lower_is_better=True)
        for path in PAGES
    )
)
def pages() -> Turns:
    """Each page of 1 000 subscriptions and 100 000 dead letters beside that of ten and ten."""
    with _console(*_FEW) as few, _console(*_MANY) as many:
        for path in PAGES:
            _p95s_ms(path, many, few)  # the first reads from the disk
        while True:
            yield tuple(Pair(*_p95s_ms(path, many, few)) for path in PAGES)


@measures(
    Bar("console: publishing with the overview open", "requests/s", 0.98),
    Bar("console: publishing with the live tail open", "requests/s", 0.9),
)
def open_console() -> Turns:
    """Publishing while somebody has the overview open, or the live tail, beside nobody."""
    with _console(*_FEW) as (browser, url), bodies(1) as lines:

        def rate() -> float:
            return publish_to(url, lines, seconds=_LOOKS * _LOOKS_EVERY_S).rate

        def beside(look: Look) -> Pair:
            alone = rate()
            with _meanwhile(look, browser, url):
                return Pair(rate(), alone)

        rate()  # warm
        while True:
            yield beside(_looks_at_overview), beside(_follows_tail)


@contextmanager
def _meanwhile(look: Look, browser: requests.Session, url: str) -> Iterator[None]:
    over = threading.Event()
    looking = threading.Thread(target=look, args=(browser, url, over))
    looking.start()
    try:
        yield
    finally:
        over.set()
        looking.join(30)


def _looks_at_overview(browser: requests.Session, url: str, over: threading.Event) -> None:
    """What the page's script does, as often."""
    while True:
        browser.get(f"{url}/console/live/", timeout=10).raise_for_status()
        if over.wait(_LOOKS_EVERY_S):
            return


def _follows_tail(browser: requests.Session, url: str, over: threading.Event) -> None:
    headers = {"Accept": "text/event-stream"}
    where = f"{url}/console/events?topics=bids&after=now"
    with browser.get(where, headers=headers, stream=True, timeout=30) as stream:
        for _ in stream.iter_content(65_536):
            if over.is_set():
                return


def _p95s_ms(path: str, *consoles: tuple[requests.Session, str]) -> list[float]:
    times = [[_time(console, path) for console in consoles] for _ in range(_ASKED)]
    return [quantiles(column, n=20)[-1] for column in zip(*times, strict=True)]


def _time(console: tuple[requests.Session, str], path: str) -> float:
    browser, url = console
    began = time.perf_counter()
    answer = browser.get(f"{url}/console{path}", timeout=60)
    took_ms = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200, answer.text
    return took_ms


@contextmanager
def _console(number: int, letters: int) -> Iterator[tuple[requests.Session, str]]:
    with on_sqlite() as house:
        storage = house.storage()
        _fill(storage, number, letters)
        storage.close()
        with house.web() as url:
            yield _signed_in(url), url


def _signed_in(url: str) -> requests.Session:
    browser = requests.Session()
    form = browser.get(f"{url}/console/sign-in", timeout=10).text
    token = re.search(r'name="csrf_token" value="(\w+)"', form)
    assert token
    fields = {"csrf_token": token[1], "token": "root-key-of-the-bench"}
    browser.post(f"{url}/console/sign-in", data=fields, timeout=10).raise_for_status()
    return browser


def _fill(storage: Storage, number: int, letters: int) -> None:
    """So many subscriptions, one in ten of them failing; the letters are the first one's."""
    for each in range(number):
        client, name = divmod(each, _OF_A_CLIENT)
        wanted = SubscriptionRequest(("bids",), "http://127.0.0.1:9/", "u")
        ours = client_id(storage, f"client-{client}")
        storage.subscriptions.replace(ours, wanted, new_secret(), name=f"s{name}")
    with storage.engine.begin() as connection:
        ids: Sequence[int] = connection.execute(select(subscriptions.c.id)).scalars().all()
        failing = cursors.c.subscription_id.in_(ids[::10])
        connection.execute(update(cursors).where(failing).values(failures=3, failing_since_ms=1))
        rows = [_letter(ids[0], n) for n in range(letters)]
        connection.execute(insert(dead_letters), rows)
        first = cursors.c.subscription_id == ids[0]
        connection.execute(update(cursors).where(first).values(dead_letters=letters))


def _letter(subscription_id: int, number: int) -> dict[str, object]:
    return {
        "subscription_id": subscription_id,
        "position": number + 1,
        "topic": "bids",
        "type": "create",
        "url": f"https://x.example/{number}",
        "published_at_ms": 1,
        "body": log_event(number + 1).body,
        "attempts": 11,
        "died_at_ms": 1,
        "last_status": 422,
        "last_answer": b"",
    }


MEASUREMENTS: list[Measurement] = [pages, open_console]
