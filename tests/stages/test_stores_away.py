"""A house whose books' database is away when it starts lives, and answers 503 until it is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from service_kit.errors import StoreUnavailable
from service_kit.run.settings import environment
from service_kit.schema import migrate
from service_kit.worker import made_when_there
from werkzeug.test import Client

from stages import house
from tests.sockets import free_port
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
BOOKS = "ACCOUNTING_DATABASE_URL"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of the one process, whose logs stay as the tests have them."""
    monkeypatch.setattr(house, "configure_logs", lambda _name: None)
    found = dict(environment(ROOT, {"STAGE": "mvp", "VAR_DIR": str(tmp_path)}))
    for variable, text in found.items():
        monkeypatch.setenv(variable, text)
    return found


def test_it_waits_for_the_database_and_then_works(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BOOKS, f"postgresql://gavel@127.0.0.1:{free_port()}/books")
    process = house.create_app()
    client, at_books = Client(process), f"http://localhost:{settings['PORT_ACCOUNTING']}"
    assert client.get("/healthz", at_books).status_code == 200
    assert client.get("/readyz", at_books).status_code == 503
    away = client.get("/", at_books)
    assert (away.status_code, away.headers["Retry-After"]) == (503, "1")

    migrate("accounting_service", settings[BOOKS])
    monkeypatch.setenv(BOOKS, settings[BOOKS])
    process.start()
    try:
        wait_for(lambda: client.get("/readyz", at_books).status_code == 200, what="the books")
    finally:
        process.stop()


def test_who_serves_nobody_is_made_once_its_store_is_there() -> None:
    answers: Iterator[type[Exception] | None] = iter((StoreUnavailable, None))

    def make() -> str:
        if error := next(answers):
            raise error("away")
        return "made"

    assert made_when_there(make) == "made"
