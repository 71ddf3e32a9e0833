"""The console: pages of many beside pages of few, and what it costs publishers to have it open."""

import json
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles

import requests
from service_kit.webhooks import new_secret
from sqlalchemy import insert, select, update

from bus.model.subscription import SubscriptionRequest
from bus.storage import Storage
from bus.storage.tables import cursors, dead_letters, subscriptions
from tests.bench.house import TOKEN, client_id, on_sqlite
from tests.bench.load import load
from tests.bench.rows import Row
from tests.bus.samples import log_event

_FEW, _MANY = (10, 10), (1_000, 100_000)
"""Subscriptions, and dead letters of one of them."""
_OF_A_CLIENT = 100
_ASKED = 40
_TURNS = 8
_TURN_S = 3
_LOOKS_EVERY_S = 2.0
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


def pages() -> list[Row]:
    """Each page of 1 000 subscriptions and 100 000 dead letters beside that of ten and ten."""
    with ExitStack() as stack:
        few, many = (stack.enter_context(_console(*size)) for size in (_FEW, _MANY))
        for path in PAGES:
            _time(few, path)  # the first reads from the disk
            _time(many, path)
        return [_beside(path, few, many) for path in PAGES]


def open_console() -> list[Row]:
    """Publishing while somebody has the overview open, and the live tail, beside nobody."""
    with _console(*_FEW) as (browser, url), tempfile.TemporaryDirectory() as folder:
        bodies = Path(folder, "events")
        bodies.write_text(json.dumps({"type": "create", "url": "https://x.example/1"}) + "\n")

        def rate() -> float:
            where = f"{url}/topics/bids"
            made = load(where, method="POST", token=TOKEN, bodies=bodies, seconds=_TURN_S)
            assert made.refused == 0
            return made.rate

        rate()
        return [
            _cost("overview open", browser, url, rate, _looks_at_overview),
            _cost("live tail open", browser, url, rate, _follows_tail),
        ]


def _cost(
    name: str, browser: requests.Session, url: str, rate: Callable[[], float], look: Look
) -> Row:
    alone, looked_at = [], []
    for _ in range(_TURNS):  # by turns, so that both have the same neighbours on the machine
        alone.append(rate())
        with _meanwhile(look, browser, url):
            looked_at.append(rate())
    share = median(ours / bare for ours, bare in zip(looked_at, alone, strict=True))
    bar = 0.98 if "overview" in name else 0.9
    return Row(f"console: publishing with the {name}", share, "of alone", 1.0, bar)


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
    """What the page's script does."""
    while not over.wait(_LOOKS_EVERY_S / 2):
        browser.get(f"{url}/console/live/", timeout=10).raise_for_status()


def _follows_tail(browser: requests.Session, url: str, over: threading.Event) -> None:
    headers = {"Accept": "text/event-stream"}
    where = f"{url}/console/events?topics=bids&after=now"
    with browser.get(where, headers=headers, stream=True, timeout=30) as stream:
        for _ in stream.iter_content(65_536):
            if over.is_set():
                return


def _beside(
    path: str, few: tuple[requests.Session, str], many: tuple[requests.Session, str]
) -> Row:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(_ASKED):
        for each, console in zip(times, (few, many), strict=True):
            each.append(_time(console, path))
    few_ms, many_ms = (quantiles(each, n=20)[-1] for each in times)
    name = f"console: {path}, p95, of 1 000 and 100 000"
    return Row(name, many_ms, "ms", few_ms, 3 * few_ms, lower_is_better=True)


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
    with storage._engine.begin() as connection:
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


MEASUREMENTS = [pages, open_console]
