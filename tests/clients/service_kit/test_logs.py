"""A log line is one line of facts, with the trace it belongs to."""

import logging
from collections.abc import Iterator

import pytest
from service_kit.logs import configure_logs, get_logger
from service_kit.trace import tracing


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_a_line_has_its_facts_and_its_trace_id(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("shop")
    with tracing("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"):
        get_logger("shop.sell").info("sold", order="o-1")
    logging.getLogger("library").warning("odd %s", "thing")
    lines = capsys.readouterr().out.splitlines()
    assert "event=sold" in lines[0]
    assert "order=o-1" in lines[0]
    assert "trace_id=4bf92f3577b34da6a3ce929d0e0e4736" in lines[0]
    assert 'event="odd thing"' in lines[1]
