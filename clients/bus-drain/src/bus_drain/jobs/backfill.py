"""Iterations over collections: over what (`collection`), to do what (`announcing`, `fetching`)."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bus_drain.fetch import Entity, EntityClient, Missing, Rejected
from bus_drain.jobs.iteration import Step

_AT_ONCE = 20


def collection(
    client: EntityClient, relation: str, *, at_once: int = _AT_ONCE
) -> Callable[[str, str | None], Iterator[Step]]:
    """The steps of an iteration over the HAL collection whose URL is its argument.

    The items are the URLs of what its pages embed, or link to, under `relation`. A cursor is a page
    and the last URL that was handled on it: should that URL be gone, its page is read from the
    top, and should that page be gone, the collection is, so that nothing is passed over. A page
    that tells `total` makes the progress known.
    """

    def steps(argument: str, cursor: str | None) -> Iterator[Step]:
        url, handled = json.loads(cursor) if cursor else (argument, None)
        for page in _pages(client, url, argument):
            urls = _urls(page, relation)
            yield from _steps(page, _after(urls, handled) if page.url == url else urls, at_once)

    return steps


def announcing(
    publish: Callable[[Sequence[dict[str, Any]]], object],
) -> Callable[[Sequence[str]], None]:
    """Announce that each entity is there, unchanged: `publish` takes a list of noop events, as
    `lambda events: bus.publish("bids", events)` does with a BusClient."""

    def each(urls: Sequence[str]) -> None:
        publish([{"type": "noop", "url": url} for url in urls])

    return each


def fetching(
    client: EntityClient, take: Callable[[Entity], object]
) -> Callable[[Sequence[str]], None]:
    """Fetch each entity, some in parallel, and hand it to `take`. One that is gone is passed over;
    one that can't be fetched now fails the step, which is then tried again."""

    def each(urls: Sequence[str]) -> None:
        for fetched in client.fetch_many(urls):
            if fetched.entity is not None:
                take(fetched.entity)
            elif fetched.error is not None and not isinstance(fetched.error, Missing):
                raise fetched.error

    return each


def _pages(client: EntityClient, url: str, first_url: str) -> Iterator[Entity]:
    pages = client.pages(url)
    try:
        yield next(pages)
    except (Missing, Rejected):
        if url == first_url:
            raise
        pages = client.pages(first_url)
    yield from pages


def _urls(page: Entity, relation: str) -> list[str]:
    embedded = [item.link("self") for item in page.embedded(relation)]
    return embedded or list(page.links(relation) if page.offers(relation) else ())


def _after(urls: list[str], handled: str | None) -> list[str]:
    return urls[urls.index(handled) + 1 :] if handled in urls else urls


def _steps(page: Entity, urls: Sequence[str], at_once: int) -> Iterator[Step]:
    following = json.dumps([page.link("next"), None]) if page.offers("next") else None
    total = page.state.get("total")
    known = total if isinstance(total, int) else None
    for start in range(0, max(len(urls), 1), at_once):
        some = urls[start : start + at_once]
        is_last = start + at_once >= len(urls)
        yield Step(some, following if is_last else json.dumps([page.url, some[-1]]), known)
