"""How the worker goes on while the SMTP server is away."""

import dataclasses
import logging

import pytest

from mailer_service.bootstrap import build
from mailer_service.config import Config
from mailer_service.smtp.url import SmtpServer
from mailer_service.worker import loops
from tests.mailer_service.conftest import Mailer
from tests.mailer_service.services import House
from tests.sockets import free_port


def test_while_the_server_is_away_it_is_asked_later_and_no_traceback_is_logged(
    mailer: Mailer, config: Config, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    mailer.deliver("bids", house.bid(outbid="Ada"))
    mailer.work("examine", "write")
    away = dataclasses.replace(config, smtp=SmtpServer("127.0.0.1", free_port()))
    bodies = loops(away, build(away, clock=mailer.clock))

    with caplog.at_level(logging.WARNING):
        first, second = bodies["send-1"](), bodies["send-1"]()

    assert 0.5 <= second <= first <= 1
    assert [record.exc_info for record in caplog.records if "send-1" in record.getMessage()] == [
        None
    ]
