"""Every entity of a collection is announced or fetched, once, however often that is stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from bus_drain.fetch import EntityClient, Missing, Unavailable
from bus_drain.jobs import announcing, collection, fetching
from werkzeug import Response

from tests.clients.bus_drain.fetch.conftest import Site, make_client, pauses, site

__all__ = ["make_client", "pauses", "site"]


@pytest.fixture
def client(make_client: Callable[..., EntityClient]) -> EntityClient:
    return make_client(attempts=1)


def shop(site: Site, *sizes: int, total: int | None = None) -> str:
    """A collection of pages with so many widgets each; its URL."""
    numbers = iter(range(sum(sizes)))
    for page, size in enumerate(sizes):
        widgets = [{"_links": {"self": {"href": f"/w/{next(numbers)}"}}} for _ in range(size)]
        links = {"next": {"href": f"/p{page + 1}"}} if page + 1 < len(sizes) else {}
        document: dict[str, Any] = {"_links": links, "_embedded": {"widgets": widgets}}
        site.shows(f"/p{page}", document | ({"total": total} if total is not None else {}))
    return site.url + "/p0"


def paths(site: Site, items: Any) -> list[str]:
    return [item.removeprefix(site.url) for item in items]


def test_all_pages_are_walked_a_few_at_a_time(client: EntityClient, site: Site) -> None:
    steps = list(collection(client, "widgets", at_once=2)(shop(site, 3, 0, 2, total=5), None))

    assert [paths(site, step.items) for step in steps] == [
        ["/w/0", "/w/1"],
        ["/w/2"],
        [],
        ["/w/3", "/w/4"],
    ]
    assert {step.total for step in steps} == {5}
    assert [step.next is None for step in steps] == [False, False, False, True]


def test_from_every_cursor_the_rest_follows(client: EntityClient, site: Site) -> None:
    iterate = collection(client, "widgets", at_once=2)
    first = shop(site, 3, 3, 1)
    steps = list(iterate(first, None))

    for place, step in enumerate(steps[:-1]):
        rest = [item for later in iterate(first, step.next) for item in later.items]
        assert rest == [item for later in steps[place + 1 :] for item in later.items]


def test_when_the_page_has_changed_nothing_is_passed_over(client: EntityClient, site: Site) -> None:
    iterate = collection(client, "widgets", at_once=1)
    first = shop(site, 3)
    cursor = next(iterate(first, None)).next
    widgets = [{"_links": {"self": {"href": f"/w/{n}"}}} for n in (9, 1, 2)]
    site.shows("/p0", {"_embedded": {"widgets": widgets}})

    rest = [item for step in iterate(first, cursor) for item in step.items]
    assert paths(site, rest) == ["/w/9", "/w/1", "/w/2"]


@pytest.mark.parametrize("status", [404, 410, 400])
def test_when_the_page_is_no_more_the_iteration_begins_anew(
    client: EntityClient, site: Site, status: int
) -> None:
    iterate = collection(client, "widgets", at_once=1)
    first = shop(site, 1, 2)
    _, second, _ = iterate(first, None)
    site.pages["/p1"] = lambda _request: Response(status=status)
    widgets = [{"_links": {"self": {"href": f"/w/{n}"}}} for n in (0, 1, 2)]
    site.shows("/p0", {"_embedded": {"widgets": widgets}})

    rest = [item for step in iterate(first, second.next) for item in step.items]
    assert paths(site, rest) == ["/w/0", "/w/1", "/w/2"]


def test_a_collection_that_is_not_there_fails(client: EntityClient, site: Site) -> None:
    with pytest.raises(Missing):
        next(collection(client, "widgets")(site.url + "/gone", None))


def test_a_collection_may_list_links(client: EntityClient, site: Site) -> None:
    url = site.shows("/all", {"_links": {"item": [{"href": "/w/1"}, {"href": "/w/2"}]}})
    (step,) = collection(client, "item")(url, None)

    assert paths(site, step.items) == ["/w/1", "/w/2"]


def test_an_empty_collection_is_walked_too(client: EntityClient, site: Site) -> None:
    (step,) = collection(client, "widgets")(site.shows("/all", {}), None)

    assert (list(step.items), step.next) == ([], None)


def test_a_step_is_of_twenty_unless_said_otherwise(client: EntityClient, site: Site) -> None:
    steps = collection(client, "widgets")(shop(site, 41), None)

    assert [len(step.items) for step in steps] == [20, 20, 1]


@pytest.mark.parametrize("total", ["3", None, 2.5, [3]])
def test_a_total_that_is_no_number_is_not_known(
    client: EntityClient, site: Site, total: object
) -> None:
    url = site.shows("/all", {"_links": {"item": {"href": "/w/1"}}, "total": total})
    (step,) = collection(client, "item")(url, None)

    assert step.total is None


def test_announcing_publishes_noops() -> None:
    published: list[Any] = []
    announcing(published.append)(["https://a.example/1", "https://a.example/2"])

    assert json.dumps(published) == json.dumps(
        [
            [
                {"type": "noop", "url": "https://a.example/1"},
                {"type": "noop", "url": "https://a.example/2"},
            ]
        ]
    )


def test_fetching_hands_over_every_entity_and_passes_over_what_is_gone(
    client: EntityClient, site: Site
) -> None:
    urls = [site.shows("/w/1", {"n": 1}), site.url + "/gone", site.shows("/w/2", {"n": 2})]
    taken: list[int] = []
    fetching(client, lambda entity: taken.append(entity["n"]))(urls)

    assert taken == [1, 2]


def test_what_cannot_be_fetched_now_fails_the_step(client: EntityClient, site: Site) -> None:
    site.pages["/w/1"] = lambda _request: Response(status=503)

    with pytest.raises(Unavailable):
        fetching(client, lambda entity: None)([site.url + "/w/1"])
