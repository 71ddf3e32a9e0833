"""What the operator hears of what the bus tells, and when."""

from __future__ import annotations

from typing import Any

import pytest
from bus_drain import Event

from mailer_service.model.reports import BusReport, State
from mailer_service.notices.reports import (
    console_of,
    console_page,
    name_of,
    news,
    next_mail_ms,
    path_of,
    report_from,
)

URL = "https://bus.example/clients/stock/subscriptions/default"
HOUR_MS = 3_600_000
LONG = "x" * 1024


def event(data: Any, url: str = URL, **changes: Any) -> Event:
    return Event(
        **{"topic": "bus", "type": "update", "url": url, "t": 7, "id": "e1", "data": data} | changes
    )


def reports(words: str, url: str = URL, begin: int = 1) -> list[BusReport]:
    """Such as "failing recovered", a ms apart; a number after a colon is counted."""
    found = [word.partition(":") for word in words.split()]
    return [
        BusReport(
            id=f"{url}-{at_ms}", url=url, state=State(state), at_ms=at_ms, count=int(count or 0)
        )
        for at_ms, (state, _, count) in enumerate(found, begin)
    ]


@pytest.mark.parametrize(
    ("data", "state", "reason", "count"),
    [
        ({"state": "failing"}, "failing", None, 0),
        ({"state": "disabled", "reason": "gone"}, "disabled", "gone", 0),
        ({"state": "recovered"}, "recovered", None, 0),
        ({"state": "dead_letters", "dead_letters": 12}, "dead_letters", None, 12),
        ({"state": "behind"}, "behind", None, 0),
        ({"state": "caught_up"}, "caught_up", None, 0),
        ({"state": "resync", "from": 3, "to": 9}, "resync", None, 7),
    ],
)
def test_every_report_of_the_bus_is_understood(
    data: dict[str, Any], state: str, reason: str | None, count: int
) -> None:
    expected = BusReport(id="e1", url=URL, state=State(state), at_ms=7, reason=reason, count=count)
    assert report_from(event(data)) == expected


@pytest.mark.parametrize(
    "other",
    [
        event({"test": True}, type="noop"),
        event({"state": "failing"}, type="delete"),
        event({"state": "on fire"}),
        event({"state": ["failing"]}),
        event({"state": None}),
        event(None),
        event("failing"),
        event([{"state": "failing"}]),
        event({"state": "failing"}, id=None),
        event({"state": "failing"}, url="https://bus.example/topics/bids"),
        event({"state": "failing"}, url=f"{URL}/attempts"),
        event({"state": "failing"}, url=f"{URL}?x=1"),
        event({"state": "failing"}, url=f"https://b.example/{LONG}/clients/a/subscriptions/b"),
    ],
    ids=repr,
)
def test_what_is_no_report_is_passed_over(other: Event) -> None:
    assert report_from(other) is None


@pytest.mark.parametrize("number", [-1, "many", 2.5, None, [1]])
def test_a_number_that_is_none_counts_nothing(number: Any) -> None:
    found = report_from(event({"state": "dead_letters", "dead_letters": number}))
    assert found is not None
    assert found.count == 0


@pytest.mark.parametrize(
    ("told", "since", "said"),
    [
        ("", "failing", [("failing", 10, None)]),
        ("", "failing disabled", [("disabled", 10, None)]),
        ("", "failing recovered", [("recovered", 10, 11)]),
        ("failing", "recovered", [("recovered", 1, 10)]),
        ("failing disabled", "recovered", [("recovered", 1, 10)]),
        ("failing recovered", "failing", [("failing", 10, None)]),
        ("failing", "recovered failing", [("failing", 11, None)]),
        ("failing", "recovered failing recovered", [("recovered", 11, 12)]),
        ("failing recovered failing", "recovered", [("recovered", 3, 10)]),
        ("failing", "disabled", [("disabled", 1, None)]),
        ("", "behind caught_up", [("caught_up", 10, 11)]),
        ("behind", "caught_up", [("caught_up", 1, 10)]),
        ("", "recovered", [("recovered", 10, 10)]),
        (
            "",
            "failing dead_letters:1 behind dead_letters:10",
            [("failing", 10, None), ("dead_letters", 11, None), ("behind", 12, None)],
        ),
        ("failing behind", "recovered behind", [("behind", 2, None), ("recovered", 1, 10)]),
    ],
)
def test_of_what_belongs_together_the_last_is_said_with_when_it_began(
    told: str, since: str, said: list[tuple[str, int, int | None]]
) -> None:
    found = news(reports(since, begin=10), reports(told))
    assert [(one.state.value, one.since_ms, one.ended_ms) for one in found] == said


def test_dead_letters_are_as_many_as_were_told_last_and_lost_positions_all_together() -> None:
    found = news(reports("dead_letters:1 resync:5 dead_letters:10 resync:7"), [])
    assert {one.state.value: one.count for one in found} == {"dead_letters": 10, "resync": 12}


def test_each_subscription_has_news_of_its_own() -> None:
    other = URL.replace("stock", "shop")
    found = news([*reports("failing"), *reports("recovered", other, 5)], reports("failing", other))
    assert [(one.url, one.state.value, one.since_ms) for one in found] == [
        (URL, "failing", 1),
        (other, "recovered", 1),
    ]


@pytest.mark.parametrize(
    ("sent_ms", "leaves_ms"),
    [
        ([], 10 * HOUR_MS + 5_000),
        ([9 * HOUR_MS + 1], 10 * HOUR_MS + 5_000),
        ([9 * HOUR_MS + 60_000, 9 * HOUR_MS + 90_000], 10 * HOUR_MS + 60_000),
        ([9 * HOUR_MS + 90_000, 9 * HOUR_MS + 1, 9 * HOUR_MS + 60_000], 10 * HOUR_MS + 60_000),
        ([9 * HOUR_MS + 1, 9 * HOUR_MS + 2], 10 * HOUR_MS + 5_000),
    ],
)
def test_a_mail_waits_for_company_and_for_the_hour_to_have_room(
    sent_ms: list[int], leaves_ms: int
) -> None:
    assert next_mail_ms(10 * HOUR_MS, sent_ms, 2) == leaves_ms


def test_a_subscription_is_known_by_its_url_also_under_a_path() -> None:
    url = "https://host.example/bus/clients/stock/subscriptions/default"
    assert name_of(url) == "stock/default"
    assert path_of(url) == "/clients/stock/subscriptions/default"
    assert console_page(url) == (
        "https://host.example/bus/console/clients/stock/subscriptions/default"
    )
    assert console_of(url) == "https://host.example/bus/console/"
