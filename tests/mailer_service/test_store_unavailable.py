"""While the database can't be used the bus is told to come again, and what it said is not lost."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from werkzeug.test import Client

from mailer_service.config import Config
from tests.faults import commits_failing
from tests.postgres import away, fresh_database

from .conftest import Mailer
from .mail_server import MailServer
from .services import House


@pytest.fixture
def url(sqlite_copy: Callable[[str], str]) -> str:
    return sqlite_copy("mailer_service")


@pytest.fixture
def config(config: Config, url: str) -> Config:
    return replace(config, database_url=url)


def test_news_that_were_not_committed_are_not_acknowledged(
    mailer: Mailer, house: House, url: str
) -> None:
    bid = house.bid()
    with commits_failing(url, "inbox"):
        for _ in range(2):
            assert mailer.deliver("bids", bid).status_code in {500, 503}
    assert mailer.inbox == []
    assert mailer.deliver("bids", bid).status_code == 204
    assert len(mailer.inbox) == 1


def test_a_mail_that_was_not_entered_is_entered_later_and_one_that_left_leaves_once(
    mailer: Mailer, house: House, url: str, mail_server: MailServer
) -> None:
    mailer.deliver("bids", house.bid())
    with commits_failing(url, "mails"), pytest.raises(Exception, match=r"doomed|FOREIGN KEY"):
        mailer.work("examine")
    assert mailer.ledger == []
    assert len(mailer.inbox) == 1
    mailer.clock.advance(seconds=3600)
    mailer.work()
    assert len(mailer.ledger) == len(mail_server.mails) > 0


class TestOnPostgres:
    """A server that restarts, fails over, or can't be reached."""

    @pytest.fixture
    def url(self, postgres_cluster: str) -> Iterator[str]:
        with fresh_database(postgres_cluster, "mailer_service") as url:
            yield url

    def test_a_delivery_is_answered_503_in_few_words_and_taken_once_it_is_back(
        self, mailer: Mailer, house: House, url: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        bid = house.bid()
        for _ in range(2):
            assert mailer.deliver("bids", bid).status_code == 204
            assert Client(mailer.app).get("/readyz").status_code == 200
            with away(url), caplog.at_level(logging.INFO):
                for _ in range(5):
                    answer = mailer.deliver("bids", bid)
                    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
                assert Client(mailer.app).get("/readyz").status_code == 503
        assert [record.getMessage() for record in caplog.records if record.exc_info] == []
