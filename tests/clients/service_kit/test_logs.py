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
    with tracing("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "work"):
        get_logger("shop.sell").info("sold", order="o-1")
    logging.getLogger("library").warning("odd %s", "thing")
    lines = capsys.readouterr().out.splitlines()
    assert "event=sold" in lines[0]
    assert "order=o-1" in lines[0]
    assert "trace_id=4bf92f3577b34da6a3ce929d0e0e4736" in lines[0]
    assert 'event="odd thing"' in lines[1]


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        ("\x1b[2J\x1b]0;owned\x07", "\\x1b[2J\\x1b]0;owned\\x07"),
        ("a\nlevel=error event=forged", "a\\nlevel=error event=forged"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u2028b\u0085c", "a\\u2028b\\x85c"),
        ("\ud800", "\\ud800"),
        ("a\u200bb", "a\\u200bb"),
        ("Zoë 🎸", "Zoë 🎸"),
    ],
)
def test_a_line_is_one_line_and_works_no_terminal(
    capsys: pytest.CaptureFixture[str], sent: str, written: str
) -> None:
    configure_logs("shop")
    get_logger("shop.sell").info("sold", name=sent)
    logging.getLogger("library").warning("odd %s", sent)
    try:
        raise ValueError(sent)
    except ValueError:
        get_logger("shop.sell").exception("failed")

    lines = capsys.readouterr().out.split("\n")[:-1]

    assert len(lines) == 3
    assert all(line.isprintable() for line in lines)
    assert all(written in line for line in lines[:2])
