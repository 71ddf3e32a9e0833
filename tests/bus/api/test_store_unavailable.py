"""While the database can't be used every call is answered 503 with Retry-After, and nothing that
was not stored is answered 200 (docs/delivery.md D5)."""

import logging
import time
from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse

from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call
from tests.bus.api.entrances import api, loop
from tests.bus.storage.conftest import url
from tests.faults import commits_failing, full_disk
from tests.postgres import away, hanging, read_only
from tests.waiting import wait_for

__all__ = ["api", "loop", "url"]

EVENT = {"type": "create", "url": "https://x.example/1"}
WANTED = {"topics": ["bids"], "callback": "https://s.example/x", "uuid": "u"}
CALLS = [
    ("POST", "/topics/bids", EVENT, "publisher"),
    ("POST", "/topics/bids", [EVENT, EVENT], "stranger"),
    ("GET", "/topics", None, "publisher"),
    ("DELETE", "/topics/bids", None, "publisher"),
    ("POST", "/subscription", WANTED, "subscriber"),
    ("DELETE", "/subscriber", None, "subscriber"),
    ("GET", "/subscriptions", None, "publisher"),
    ("GET", "/clients/subscriber/subscriptions", None, "subscriber"),
    ("PUT", "/clients/subscriber/subscriptions/x", WANTED, "subscriber"),
    ("GET", "/pulse", None, "publisher"),
    ("GET", "/pulse/scaling", None, "publisher"),
    ("GET", "/metrics", None, "publisher"),
    ("GET", "/api_tokens", None, "root"),
    ("POST", "/api_tokens", {"name": "new"}, "root"),
    ("DELETE", "/api_tokens/x", None, "root"),
    ("GET", "/topics", None, "token-of-nobody"),
]


def is_told_to_come_again(answer: TestResponse) -> bool:
    assert_problem(answer, 503)
    return int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("table", ["events", "topics"])
def test_what_was_not_committed_is_not_answered_200(
    api: Client, storage: Storage, url: str, table: str
) -> None:
    with commits_failing(url, table):
        for _ in range(2):
            assert is_told_to_come_again(call(api, "POST", "/topics/bids", EVENT))
    assert storage.log.last_position() == 0
    assert call(api, "POST", "/topics/bids", EVENT).status_code == 200
    assert storage.log.last_position() == 1


class TestOnPostgres:
    """A server that restarts, fails over, hangs, or can't be reached."""

    @pytest.fixture
    def url(self, postgres_database: str) -> str:
        return postgres_database

    def test_every_call_is_answered_503_in_few_words_and_works_once_it_is_back(
        self, api: Client, url: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert call(api, "POST", "/topics/bids", EVENT).status_code == 200  # a token is remembered
        with away(url), caplog.at_level(logging.INFO):
            for method, path, body, by in CALLS:
                assert is_told_to_come_again(call(api, method, path, body, by=by)), path
            assert api.get("/readyz").status_code == 503
            assert api.get("/healthz").status_code == 200
        assert [record.getMessage() for record in caplog.records if record.exc_info] == []
        assert len(caplog.records) < len(CALLS)
        assert call(api, "POST", "/topics/bids", EVENT).status_code == 200
        assert api.get("/readyz").status_code == 200

    @pytest.mark.slow
    def test_a_publisher_hears_within_seconds_that_a_server_hangs(
        self, api: Client, url: str
    ) -> None:
        assert call(api, "POST", "/topics/bids", EVENT).status_code == 200  # a token is remembered
        began_s = time.monotonic()
        with hanging(url):
            assert is_told_to_come_again(call(api, "POST", "/topics/bids", EVENT))
        assert time.monotonic() - began_s < 12
        wait_for(lambda: call(api, "POST", "/topics/bids", EVENT).status_code == 200)

    def test_a_server_that_only_reads_takes_nothing(self, api: Client, url: str) -> None:
        """A standby, or a primary that was fenced."""
        with read_only(url):
            assert is_told_to_come_again(call(api, "POST", "/topics/bids", EVENT))
            assert api.get("/readyz").status_code == 503
        assert call(api, "POST", "/topics/bids", EVENT).status_code == 200


class TestOnSqlite:
    """A disk that is full, and a lock that somebody holds."""

    @pytest.fixture
    def url(self, sqlite_file: str) -> str:
        return sqlite_file

    def test_a_full_disk_is_seen_by_who_publishes_and_by_who_asks_for_readiness(
        self, api: Client, storage: Storage, url: str
    ) -> None:
        many = [EVENT | {"url": f"https://x.example/{number}"} for number in range(500)]
        # Readers share what is smaller than this.
        assert call(api, "POST", "/topics/bids", many).status_code == 200
        with full_disk(Path(url.removeprefix("sqlite:///"))):
            assert is_told_to_come_again(call(api, "POST", "/topics/bids", many))
            assert api.get("/readyz").status_code == 503
            assert call(api, "GET", "/topics").status_code == 200
        assert api.get("/readyz").status_code == 200
        assert storage.log.last_position() == len(many)
