"""A copy that is still true is answered before the framework, and as the framework would."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from flask import request_started
from service_kit.errors import StoreUnavailable
from service_kit.trace import record_spans
from sqlalchemy import event
from werkzeug.test import TestResponse

from tests.auction_app.conftest import Browser, World

READERS: dict[str, Callable[[World], Browser]] = {
    "a stranger": lambda world: world.browser(),
    "a German": lambda world: world.member("Uwe", language="de"),
    "a member": lambda world: world.member("Ada"),
}


@contextmanager
def counted(world: World) -> Iterator[list[object]]:
    """What of the requests reaches the framework."""
    reached: list[object] = []

    def note(*_: object, **_named: object) -> None:
        reached.append(1)

    with request_started.connected_to(note, world.app):
        yield reached


def ask(browser: Browser, path: str, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.client.get(path, headers=named)


@pytest.fixture
def item(world: World) -> str:
    return world.member("Sam").list_item()


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("part", ["", "/history"])
def test_it_is_told_as_the_framework_tells_it_and_without_it(
    world: World, item: str, reader: Callable[[World], Browser], part: str
) -> None:
    browser = reader(world)
    page = ask(browser, item + part)
    page = ask(browser, item + part)
    tag = page.headers["ETag"]

    with counted(world) as reached:
        told = ask(browser, item + part, If_None_Match=tag, Cache_Control="max-age=0")
    record_spans(lambda _span: None, lambda _id: True)  # then all goes the app's way
    try:
        by_the_app = ask(browser, item + part, If_None_Match=tag)
    finally:
        record_spans(None, lambda _id: True)

    assert (told.status, told.data, reached) == ("304 NOT MODIFIED", b"", [])
    assert told.status == by_the_app.status
    assert sorted(told.headers) == sorted(by_the_app.headers)


def test_whatever_is_not_plainly_that_copy_is_the_apps_matter(world: World, item: str) -> None:
    ada = world.member("Ada")
    ask(ada, item)
    tag = ask(ada, item).headers["ETag"]

    with counted(world) as reached:
        assert ask(ada, item, If_None_Match='W/"of before"').status_code == 200
        assert ask(ada, f"{item}?seen=1", If_None_Match=tag).status_code == 304
        assert ask(ada, item, If_None_Match=f'{tag}, W/"another"').status_code == 304
        assert ada.client.head(item, headers={"If-None-Match": tag}).status_code == 304
    assert len(reached) == 4


def test_the_time_left_is_told_as_it_is_now(world: World, item: str) -> None:
    ada = world.member("Ada")
    ask(ada, item)
    tag = ask(ada, item).headers["ETag"]
    world.clock.pass_s(3_600)

    later = ask(ada, item, If_None_Match=tag)

    assert later.status_code == 200
    assert later.headers["ETag"] != tag
    assert ask(ada, item, If_None_Match=later.headers["ETag"]).status_code == 304


def test_a_session_that_is_over_gets_no_304(world: World, item: str) -> None:
    ada = world.member("Ada")
    ask(ada, item)
    tag = ask(ada, item).headers["ETag"]
    with world.parts.begin() as act:
        act.conn.exec_driver_sql("DELETE FROM sessions")

    assert ask(ada, item, If_None_Match=tag).status_code == 200


def test_who_has_to_accept_other_terms_gets_no_304(world: World, item: str) -> None:
    ada = world.member("Ada")
    ask(ada, item)
    tag = ask(ada, item).headers["ETag"]
    with world.parts.begin() as act:
        act.conn.exec_driver_sql("UPDATE customers SET terms_version = 'older'")

    assert ask(ada, item, If_None_Match=tag).status_code == 200


def test_nothing_is_read_for_it_until_something_changes(world: World, item: str) -> None:
    ada, read = world.member("Ada"), list[str]()
    ask(ada, item)
    tag = ask(ada, item).headers["ETag"]
    ask(ada, item, If_None_Match=tag)

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        read.append(statement)

    event.listen(world.parts.store.engine, "before_cursor_execute", note)
    assert ask(ada, item, If_None_Match=tag).status_code == 304
    assert read == []

    world.member("Eve")
    with counted(world) as reached:
        assert ask(ada, item, If_None_Match=tag).status_code == 304
    assert read
    assert reached == [], "what changed was something else"


def test_a_fault_in_it_is_logged_and_the_app_answers(
    world: World, item: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = world.member("Ada")
    ask(ada, item)
    tag = ask(ada, item).headers["ETag"]
    monkeypatch.setattr("auction_app.page_cache.copies.whose", lambda *_: 1 / 0)

    said = list[str]()
    log = SimpleNamespace(exception=lambda event, **_: said.append(event))
    monkeypatch.setattr("auction_app.page_cache.copies.log", log)

    assert ask(ada, item, If_None_Match=tag).status_code == 304
    assert said == ["copy not judged"]


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_a_store_that_is_away_is_asked_once(
    world: World,
    item: str,
    monkeypatch: pytest.MonkeyPatch,
    reader: Callable[[World], Browser],
) -> None:
    browser = reader(world)
    ask(browser, item)
    tag = ask(browser, item).headers["ETag"]
    asked: list[object] = []

    @contextmanager
    def away(*_: object, **_named: object) -> Iterator[None]:
        asked.append(1)
        raise StoreUnavailable("away")
        yield

    for way in ("recalling", "reading", "begin", "one_view"):
        monkeypatch.setattr(type(world.parts.store), way, away)
    answer = ask(browser, item, If_None_Match=tag)
    assert (answer.status_code, len(asked)) == (503, 1)
    assert answer.headers["Retry-After"]
