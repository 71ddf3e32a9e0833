"""Mail to whoever runs the bus: from a delivery of topic `bus` to a real SMTP server."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from service_kit.database import connect
from werkzeug import Response
from werkzeug.test import Client, TestResponse

from mailer_service.app import create_app, listeners
from mailer_service.bootstrap import build
from mailer_service.config import Config, operators
from mailer_service.storage import tables
from mailer_service.topology import topology

from .arrived import arrived
from .conftest import FakeClock, Mailer, signed_delivery
from .mail_server import MailServer, html_of, text_of
from .services import BIDS_TOKEN, House

OPERATOR = "ops@gavel.example"
PUBLIC = "https://bus.gavel.example"
PATH = "/clients/stock/subscriptions/default"
LINK = f"{PUBLIC}/console{PATH}"


@pytest.fixture
def config(config: Config, house: House) -> Config:
    """Whose bus is a fake one, which others call by a name of its own."""
    house.bids.put(PATH, {"callback": "https://stock.example/", "last_answer": None, "_links": {}})
    return dataclasses.replace(
        config, bus_url=house.bids.url, bus_token=BIDS_TOKEN, operators=(OPERATOR,)
    )


@pytest.fixture
def make_mailer(config: Config, clock: FakeClock) -> Iterator[Callable[..., Mailer]]:
    """Makes a mailer over the one database, as each of its processes has one."""
    engines = []

    def make(**changes: Any) -> Mailer:
        changed = dataclasses.replace(config, **changes)
        engines.append(connect(changed.database_url))
        parts = build(changed, clock=clock)
        app = create_app(changed, build(changed, notify=parts.notifier.notify, clock=clock))
        return Mailer(app, parts, engines[-1], clock)

    yield make
    for engine in engines:
        engine.dispose()


class Told:
    """Delivers what a bus tells, each event with an id of its own."""

    def __init__(self, mailer: Mailer) -> None:
        self.mailer = mailer
        self.number = 0

    def __call__(self, state: str, path: str = PATH, **data: Any) -> dict[str, Any]:
        self.number += 1
        event = {
            "topic": "bus",
            "type": "update",
            "url": f"{PUBLIC}{path}",
            "t": self.mailer.clock(),
            "id": f"b-{self.number}",
            "position": self.number,
            "data": {"state": state} | data,
        }
        assert self.again(event).status_code == 204
        return event

    def again(self, *events: dict[str, Any]) -> TestResponse:
        body = json.dumps(events)
        return Client(self.mailer.app).post(
            "/events", data=body, content_type="application/json", headers=signed_delivery(body)
        )

    def and_work(self) -> None:
        """Let the mailer do what is due after a while."""
        self.mailer.clock.advance(seconds=6)
        self.mailer.work()


@pytest.fixture
def told(mailer: Mailer) -> Told:
    return Told(mailer)


def subjects(mail_server: MailServer) -> list[str]:
    return [str(mail["Subject"]) for mail in mail_server.mails]


def test_a_subscriber_that_fails_is_one_mail_with_what_to_do_and_what_it_answers(
    told: Told, house: House, mail_server: MailServer
) -> None:
    house.bids.put(
        PATH,
        {
            "callback": "https://stock.example/events",
            "last_answer": {"status": 503, "error": None, "at_ms": 1},
            "_links": {},
        },
    )
    told("failing")
    told.and_work()

    assert arrived(mail_server) == {("Bus: stock/default is failing", OPERATOR)}
    (mail,) = mail_server.mails
    for words in (text_of(mail), html_of(mail)):
        assert LINK in words
        assert "https://stock.example/events: HTTP 503" in words
        assert "Failing since" in words
    assert mail["List-Unsubscribe"] is None


def test_an_answer_that_took_others_is_not_shown_as_why_one_was_refused(
    told: Told, house: House, mail_server: MailServer
) -> None:
    taken = {"status": 204, "error": None, "at_ms": 1}
    house.bids.put(PATH, {"callback": "https://stock.example/", "last_answer": taken, "_links": {}})
    told("dead_letters", dead_letters=1)
    told.and_work()
    (mail,) = mail_server.mails
    assert "The last answer" not in text_of(mail)
    assert "204" not in text_of(mail)


def test_what_is_told_again_is_no_mail_again(told: Told, mail_server: MailServer) -> None:
    event = told("failing")
    told.again(event, event)
    told.and_work()
    told.again(event)
    told.and_work()
    assert len(mail_server.mails) == 1


def test_it_is_told_once_more_when_it_is_well_again_and_when_it_fails_anew(
    told: Told, mail_server: MailServer
) -> None:
    for state in ("failing", "recovered", "failing"):
        told(state)
        told.and_work()
    assert subjects(mail_server) == [
        "Bus: stock/default is failing",
        "Bus: stock/default is well again",
        "Bus: stock/default is failing",
    ]


def test_who_failed_and_recovered_while_the_mailer_was_away_is_one_mail(
    told: Told, mail_server: MailServer
) -> None:
    told("failing")
    told.mailer.clock.advance(seconds=3600)
    told("recovered")
    told.and_work()
    assert subjects(mail_server) == ["Bus: stock/default is well again"]
    assert "Failing since" in text_of(mail_server.mails[0])


def test_a_mailer_killed_at_any_step_tells_once(
    make_mailer: Callable[..., Mailer], mail_server: MailServer
) -> None:
    told = Told(make_mailer())
    event = told("failing")
    told.mailer.clock.advance(seconds=6)
    for step in ("report", "send"):
        make_mailer().work(step)
        told.again(event)
    make_mailer().work()
    assert subjects(mail_server) == ["Bus: stock/default is failing"]


def test_of_two_who_tell_the_same_only_one_does(
    make_mailer: Callable[..., Mailer], mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_mailer(), make_mailer()
    Told(first)("failing")
    first.clock.advance(seconds=6)
    reporter: Any = first.parts.work["report-1"]
    waiting = reporter.reports.waiting()
    second.work("report")
    monkeypatch.setattr(type(reporter.reports), "waiting", lambda _: waiting)
    reporter()
    monkeypatch.undo()
    first.work()
    assert len(mail_server.mails) == 1


def test_a_storm_is_one_mail_that_names_fifty_and_counts_the_rest(
    told: Told, mail_server: MailServer
) -> None:
    for number in range(60):
        told("failing", f"/clients/c{number}/subscriptions/default")
    told.and_work()
    assert subjects(mail_server) == ["Bus: news of 60 things at once"]
    text = text_of(mail_server.mails[0])
    assert text.count("is failing") == 50
    assert "and 10 more" in text
    assert f"{PUBLIC}/console/" in text


def test_who_fails_and_recovers_all_day_is_so_many_mails_an_hour_and_then_the_last(
    make_mailer: Callable[..., Mailer], mail_server: MailServer
) -> None:
    told = Told(make_mailer(operator_per_hour=3))
    for _ in range(10):
        for state in ("failing", "recovered"):
            told(state)
            told.and_work()
    assert len(mail_server.mails) == 3
    told.mailer.clock.advance(seconds=3600)
    told.and_work()
    assert len(mail_server.mails) == 4
    assert subjects(mail_server)[-1] == "Bus: stock/default is well again"


@pytest.mark.parametrize(
    ("state", "data", "subject"),
    [
        ("disabled", {"reason": "gone"}, "Bus: stock/default is disabled"),
        ("dead_letters", {"dead_letters": 1}, "Bus: stock/default has a dead letter"),
        ("dead_letters", {"dead_letters": 10}, "Bus: stock/default has 10 dead letters"),
        ("behind", {}, "Bus: stock/default is behind"),
        ("caught_up", {}, "Bus: stock/default has caught up"),
        ("resync", {"from": 1, "to": 9}, "Bus: stock/default has lost events"),
    ],
)
def test_everything_that_the_bus_tells_is_mailed(
    told: Told, mail_server: MailServer, state: str, data: dict[str, Any], subject: str
) -> None:
    told(state, **data)
    told.and_work()
    assert subjects(mail_server) == [subject]
    assert LINK in text_of(mail_server.mails[0])


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_bus_that_says_nothing_more_is_mailed_of_all_the_same(
    told: Told, house: House, mail_server: MailServer, status: int
) -> None:
    house.bids.next_answer(f"{house.bids.url}{PATH}", Response("{}", status))
    told("failing")
    told.and_work()
    assert "last answer" not in text_of(mail_server.mails[0])


def test_a_subscription_that_was_removed_meanwhile_is_no_mail(
    told: Told, mail_server: MailServer
) -> None:
    told("failing", "/clients/nobody/subscriptions/removed")
    told.and_work()
    assert mail_server.mails == []
    assert [row.told_at_ms for row in told.mailer.rows(tables.bus_reports)] != [None]


def test_all_operators_are_told_in_the_language_that_is_set(
    make_mailer: Callable[..., Mailer], mail_server: MailServer
) -> None:
    both = (OPERATOR, "night@gavel.example")
    told = Told(
        make_mailer(operators=both, operator_language="de", operator_time_zone="Europe/Berlin")
    )
    told("failing")
    told.and_work()
    assert arrived(mail_server) == {("Bus: stock/default schlägt fehl", one) for one in both}
    assert "MEZ" in text_of(mail_server.mails[0]) or "MESZ" in text_of(mail_server.mails[0])


@pytest.mark.parametrize(
    "changes",
    [{"operators": ()}, {"bus_url": "inline:"}, {"bus_url": "huey:sqlite:///var/queue.sqlite3"}],
)
def test_without_an_operator_or_a_bus_nobody_asks_for_it_and_nobody_is_told(
    config: Config, make_mailer: Callable[..., Mailer], changes: dict[str, Any]
) -> None:
    changed = dataclasses.replace(config, **changes)
    mailer = make_mailer(**changes)
    assert set(topology(changed).subscriptions) == {"default"}
    assert "bus" not in listeners(mailer.parts)
    assert not [name for name in mailer.parts.work if name.startswith("report")]
    Told(mailer)("failing")
    assert mailer.rows(tables.bus_reports) == []


def test_with_an_operator_the_mailer_listens_to_the_bus_by_a_subscription_for_that_alone(
    config: Config,
) -> None:
    wanted = topology(config).subscriptions
    assert wanted["operator"].topics == ("bus",)
    assert "bus" not in wanted["default"].topics


@pytest.mark.parametrize(
    ("text", "addresses"),
    [("none", ()), ("a@b.example", ("a@b.example",)), ("a@b.c, d@e.f,", ("a@b.c", "d@e.f"))],
)
def test_operators_are_addresses_or_none(text: str, addresses: tuple[str, ...]) -> None:
    assert operators(text) == addresses


@pytest.mark.parametrize("text", ["nobody", "none, a@b.c", "A <a@b.c>", "@", "a b@c.d"])
def test_what_is_no_address_is_no_operator(text: str) -> None:
    with pytest.raises(ValueError, match="must be none, or ADDRESS"):
        operators(text)
