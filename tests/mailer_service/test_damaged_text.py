"""SQLite keeps bytes that are no text in any column: one such cell holds up nobody else's mail."""

from collections.abc import Callable, Iterator

import pytest
from service_kit.database import connect, writing
from sqlalchemy import Engine, text

from mailer_service.model.reports import BusReport, State
from mailer_service.storage.inbox import Entry, Inbox
from mailer_service.storage.reports import Reports

TRACE = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"


@pytest.fixture
def engine(sqlite_copy: Callable[[str], str]) -> Iterator[Engine]:
    engine = connect(sqlite_copy("mailer_service"))
    yield engine
    engine.dispose()


def claim(inbox: Inbox) -> Entry:
    entry = inbox.claim(now_ms=10, lease_ms=1_000)
    assert entry is not None
    return entry


@pytest.mark.parametrize("bad", ["ff", "c328", "68edb3bf", "f8a1"])
@pytest.mark.parametrize("column", ["url", "topic", "traceparent"])
def test_a_cell_that_is_no_text_is_looked_at_and_the_next_entry_after_it(
    engine: Engine, column: str, bad: str
) -> None:
    inbox = Inbox(engine)
    inbox.put([("bids", "https://b.example/1", 1)], traceparent=TRACE, now_ms=1)
    with writing(engine) as connection:
        connection.execute(text(f"UPDATE inbox SET {column} = CAST(x'{bad}' AS TEXT)"))
    inbox.put([("bids", "https://b.example/2", 1)], traceparent=TRACE, now_ms=2)

    damaged = claim(inbox)
    assert "\\x" in getattr(damaged, column)
    assert claim(inbox).url == "https://b.example/2"
    inbox.dead_letter(damaged, reason="no text", now_ms=10)
    assert inbox.claim(now_ms=5_000, lease_ms=1) is not None
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM inbox")).scalar_one() == 1


@pytest.mark.parametrize("state", ["CAST(x'ff' AS TEXT)", "'unheard_of'", "x'00'", "''"])
def test_a_report_of_a_state_that_nobody_knows_holds_up_no_other(
    engine: Engine, state: str
) -> None:
    reports = Reports(engine)
    ones = [
        BusReport(id=id, url=f"https://bus.example/{id}", state=State.DISABLED, at_ms=1)
        for id in ("damaged", "sound")
    ]
    reports.put(ones, now_ms=2)
    with writing(engine) as connection:
        connection.execute(
            text(f"UPDATE bus_reports SET state = {state} WHERE event_id = 'damaged'")
        )
    waiting = reports.waiting()
    assert waiting is not None
    assert [one.id for one in waiting.reports] == ["sound"]
