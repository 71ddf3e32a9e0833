"""A piece of sending is short, for a person may wait for it, and no mail holds up another."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest
from service_kit.database import writing
from service_kit.jobs import Job, Jobs
from sqlalchemy import text

from mailer_service.errors import ServerUnavailable, Unanswered
from mailer_service.model.mails import Envelope
from mailer_service.pipeline.send import Sender
from tests.mailer_service.conftest import FakeClock, Mailer
from tests.mailer_service.services import House


class SlowServer:
    """Takes every mail, and so long for each."""

    def __init__(self, each_ms: int) -> None:
        self.is_open = True
        self.sent: list[Envelope] = []
        self.steady_ms = 1_000
        self._each_ms = each_ms

    def open(self) -> None:
        self.is_open = True

    def send(self, envelope: Envelope, _answer: memoryview | None) -> None:
        self.sent.append(envelope)
        self.steady_ms += self._each_ms

    def close(self) -> None:
        self.is_open = False


@pytest.mark.parametrize(("each_ms", "sent"), [(0, 8), (100, 5), (200, 3), (499, 2), (4_999, 1)])
def test_a_piece_begins_no_mail_after_half_a_second(
    mailer: Mailer, house: House, each_ms: int, sent: int
) -> None:
    mailer.deliver("bids", *(house.bid(number) for number in range(1, 9)))
    mailer.work("examine", "write")
    server = SlowServer(each_ms)
    sender = replace(
        cast("Sender", mailer.parts.work["send-1"]),
        transport=server,
        steady_ms=lambda: server.steady_ms,
    )

    assert sender()
    assert len(server.sent) == sent

    while sender():  # what was left waits for nobody's claim to lapse
        pass
    assert len({envelope.content for envelope in server.sent}) == len(server.sent) == 8


class SilentServer(SlowServer):
    """Lets everybody in, and says nothing to any mail."""

    def send(self, envelope: Envelope, answer: memoryview | None) -> None:
        super().send(envelope, answer)
        self.close()
        raise Unanswered("not answered in time")


def test_a_server_that_is_silent_is_asked_for_one_mail_and_then_only_by_who_comes_to_try_again(
    mailer: Mailer, house: House
) -> None:
    mailer.deliver("bids", *(house.bid(number) for number in range(1, 4)))
    mailer.work("examine", "write")
    server = SilentServer(0)
    sender = replace(cast("Sender", mailer.parts.work["send-1"]), transport=server)
    clock = FakeClock()
    job = Job("send-1", sender, away=ServerUnavailable, clock=lambda: clock() / 1000)
    person, timer = Jobs(job), Jobs(job)

    for _ in range(3):
        person.settle(1.0, again=False)
    assert len(server.sent) == 1
    assert sorted(mail.last_error or "" for mail in mailer.ledger) == [
        "",
        "",
        "not answered in time",
    ]
    for asked in (2, 3):  # to be let in is no success: it rests longer each time
        clock.advance(seconds=asked)
        timer.settle()
        person.settle(1.0, again=False)
        assert len(server.sent) == asked


@pytest.mark.parametrize("step", ["notice", "letter"])
@pytest.mark.parametrize("words", ["{", "", "[]", '{"kind": 7}', b"\xff\x00", b"{}", 5])
def test_a_mail_whose_words_can_not_be_read_waits_apart_and_all_others_leave(
    mailer: Mailer, house: House, step: str, words: str | bytes | int
) -> None:
    mailer.deliver("bids", *(house.bid(number) for number in range(1, 6)))
    mailer.work("examine", *(["write"] if step == "letter" else []))
    second = text(
        f"UPDATE mails SET {step} = :words WHERE id = (SELECT min(id) + 1 FROM mails"
        f" WHERE {step} IS NOT NULL)"
    )
    with writing(mailer.engine) as connection:
        connection.execute(second, {"words": words})
    mailer.work("write")
    server = SlowServer(0)
    sender = replace(cast("Sender", mailer.parts.work["send-1"]), transport=server)
    while sender():
        pass
    left = [mail for mail in mailer.ledger if mail.outcome is None]
    assert [mail.last_error for mail in left] == [f"its {step} can't be read"]
    assert {mail.outcome for mail in mailer.ledger if mail not in left} == {"sent"}
    assert len(server.sent) == len(mailer.ledger) - 1 > 1
