"""While the database can't be used every call is answered 503 with Retry-After, and no bid that
was not stored is answered 201."""

import logging
from collections.abc import Iterator

import pytest
from service_kit.errors import StoreUnavailable
from werkzeug.test import TestResponse

from bids_service.commands.accept import apply_accepted
from tests.bids_service.service import AUCTION, Service, bidder, start, usd
from tests.faults import commits_failing
from tests.postgres import away


def bid(service: Service, key: str, **headers: str) -> TestResponse:
    body = {"auction": AUCTION, "bidder": bidder("ada"), "maximum": usd("5.00")}
    return service.http().post("/bids", json=body, headers={"Idempotency-Key": key} | headers)


def is_told_to_come_again(answer: TestResponse) -> bool:
    assert answer.content_type == "application/problem+json"
    return answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("table", ["bids", "outbox", "idempotency_keys"])
def test_a_bid_that_was_not_committed_is_not_placed_and_can_be_sent_again(
    service: Service, table: str
) -> None:
    service.learn(AUCTION)
    before = service.events()
    with commits_failing(service.config.database_url, table):
        for _ in range(2):
            assert bid(service, "k").status_code >= 500
    assert service.events() == before
    assert bid(service, "k").status_code == 201
    assert bid(service, "k").status_code == 201
    assert len([one for one in service.events() if one[0] == "bids"]) == 1


def test_an_accepted_command_whose_outcome_was_not_committed_still_waits(service: Service) -> None:
    service.learn(AUCTION)
    assert bid(service, "k", Prefer="respond-async").status_code == 202
    with (
        commits_failing(service.config.database_url, "bids"),
        pytest.raises(Exception, match=r"doomed|FOREIGN KEY"),
    ):
        apply_accepted(service.parts.books)
    assert apply_accepted(service.parts.books) == 1
    assert bid(service, "k").status_code == 201


class TestOnPostgres:
    """A server that restarts, fails over, or can't be reached."""

    @pytest.fixture
    def service(self, postgres_database: str) -> Iterator[Service]:
        started = start(postgres_database)
        yield started
        started.parts.close()

    def test_every_call_is_answered_503_in_few_words_and_works_once_it_is_back(
        self, service: Service, caplog: pytest.LogCaptureFixture
    ) -> None:
        service.learn(AUCTION)
        http = service.http()
        of_one = ["/biddings/1", "/biddings/1/bids", "/biddings/1/history"]
        paths = [*of_one, "/bids/1", "/offers/1", "/commands/1"]
        with away(service.config.database_url), caplog.at_level(logging.INFO):
            answers = [http.get(path) for path in paths]
            answers += [bid(service, "a"), bid(service, "b", Prefer="respond-async")]
            answers += [http.get("/biddings", query_string={"auction": AUCTION})]
            assert all(map(is_told_to_come_again, answers)), answers
            assert http.get("/readyz").status_code == 503
            with pytest.raises(StoreUnavailable):
                service.sweep()
        assert [record.getMessage() for record in caplog.records if record.exc_info] == []
        assert len(caplog.records) < len(answers)
        assert bid(service, "a").status_code == 201
        assert http.get("/readyz").status_code == 200
