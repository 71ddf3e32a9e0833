"""A piece of sending is short: a person may wait for it."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from mailer_service.model.mails import Envelope
from mailer_service.pipeline.send import Sender
from tests.mailer_service.conftest import Mailer
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

    def send(self, envelope: Envelope) -> None:
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
