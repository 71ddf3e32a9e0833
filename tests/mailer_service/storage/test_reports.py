"""What the bus told is kept once an event, and told once, on each engine."""

from __future__ import annotations

import threading

from sqlalchemy import Engine, select

from mailer_service.model.mails import Letter
from mailer_service.model.reports import BusReport, State
from mailer_service.storage.reports import Reports
from mailer_service.storage.tables import mails

URL = "https://bus.example/clients/stock/subscriptions/default"
OPS = "mailto:ops@gavel.example"


def report(number: int, state: State = State.FAILING) -> BusReport:
    return BusReport(id=f"e{number}", url=URL, state=state, at_ms=number, reason="gone", count=3)


def letter(number: int = 1) -> tuple[str, str, Letter]:
    link = "https://bus.example/console/"
    kind = f"subscription-failing:{number}"
    return URL, OPS, Letter(kind=kind, name="", address="ops@x.example", locale="en", link=link)


def tell(reports: Reports, some: list[BusReport], *letters: tuple[str, str, Letter]) -> bool:
    return reports.tell(some, letters, traceparent="t", now_ms=100)


def test_an_event_is_kept_once_and_as_it_was_told(engine: Engine) -> None:
    reports = Reports(engine)
    for now_ms in (50, 60):
        reports.put([report(1), report(2, State.DISABLED)], now_ms=now_ms)
    found = reports.waiting()
    assert found is not None
    assert found.reports == [report(1), report(2, State.DISABLED)]
    assert (found.told, found.first_ms) == ([], 50)


def test_what_was_told_waits_no_more_and_is_what_was_before(engine: Engine) -> None:
    reports = Reports(engine)
    reports.put([report(1)], now_ms=50)
    assert tell(reports, [report(1)], letter())
    assert reports.waiting() is None
    assert reports.sent_since(OPS, 99) == [100]
    assert reports.sent_since(OPS, 100) == []
    reports.put([report(1), report(2)], now_ms=150)
    found = reports.waiting()
    assert found is not None
    assert (found.reports, found.told) == ([report(2)], [report(1)])


def test_what_one_of_two_has_told_the_other_does_not_tell_in_part(engine: Engine) -> None:
    reports = Reports(engine)
    reports.put([report(1), report(2)], now_ms=50)
    assert tell(reports, [report(1)], letter(1))
    assert not tell(reports, [report(1), report(2)], letter(2))
    with engine.connect() as connection:
        assert connection.execute(select(mails.c.kind)).scalars().all() == [
            "subscription-failing:1"
        ]
    assert tell(reports, [report(2)], letter(2))


def test_of_many_who_tell_at_once_one_does(engine: Engine) -> None:
    reports = Reports(engine)
    reports.put([report(1)], now_ms=50)
    done: list[bool] = []
    threads = [
        threading.Thread(target=lambda n=n: done.append(tell(reports, [report(1)], letter(n))))
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False] * 5 + [True]


def test_what_says_nothing_is_told_without_a_letter(engine: Engine) -> None:
    reports = Reports(engine)
    reports.put([report(1)], now_ms=50)
    assert tell(reports, [report(1)])
    assert reports.waiting() is None
