"""A worker outlives its queue."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest
from bus_client.jobs.consumer import consume
from bus_client.jobs.queue import open_queue


def test_a_queue_that_is_away_is_waited_out_and_said_without_its_password(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    stopping, ticks = threading.Event(), list[int]()

    def tick() -> None:
        ticks.append(1)
        if len(ticks) == 1:
            raise ConnectionError("redis://ada:s3cret@localhost gives no answer")
        stopping.set()

    consume(open_queue(f"sqlite:///{tmp_path}/queue"), tick, stopping, workers=1)

    assert len(ticks) == 2
    assert "the queue gives no answer why=ConnectionError" in caplog.text
    assert "s3cret" not in caplog.text
