"""While the database can't be used there still are pages, and they say so: 503 with Retry-After,
and never a 500."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from auction_app.config import Config
from tests.auction_app.conftest import Browser, World, as_program
from tests.auction_app.tour import Tour, begin, paths, rules
from tests.postgres import away


@pytest.fixture
def world(make_world: Callable[..., World], config: Config, postgres_database: str) -> World:
    return make_world(replace(config, database_url=postgres_database))


def ask_everywhere(world: World, tour: Tour, browser: Browser) -> Iterator[tuple[str, int]]:
    """Every page, its HAL side, and every form without a word in it, with what is answered."""
    for rule in rules(world, "GET"):
        for path in paths(rule.rule, tour):
            for headers in ({}, as_program()):
                answer = browser.client.get(path, headers=headers, buffered=True)
                assert answer.status_code != 503 or int(answer.headers["Retry-After"]) > 0
                yield f"GET {path} {headers}", answer.status_code
    for rule in rules(world, "POST"):
        for path in paths(rule.rule, tour):
            yield f"POST {path}", browser.post(path).status_code


def test_every_address_is_answered_without_a_500_and_works_once_it_is_back(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    tour = begin(world)
    ada, stranger = tour.sale.ada, world.browser()
    ada.get("/account")
    stranger.get("/sign-in")
    with away(world.parts.config.database_url), caplog.at_level(logging.WARNING):
        seen = [*ask_everywhere(world, tour, ada), *ask_everywhere(world, tour, stranger)]
        assert [one for one in seen if one[1] >= 500 and one[1] != 503] == []
        assert sum(status == 503 for _, status in seen) > len(seen) / 3
        assert world.app.test_client().get("/readyz").status_code == 503
        assert world.app.test_client().get("/healthz").status_code == 200
        assert "does not answer" in tour.sale.bob.get("/no/such/page").text
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
    assert len(caplog.records) < 50
    assert tour.sale.bob.get("/my/bids").status_code == 200
