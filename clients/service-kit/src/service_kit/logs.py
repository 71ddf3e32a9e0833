"""Structured logs: one event a line, facts as key=value, the trace id on each."""

import logging
import sys
from typing import Any, cast

from service_kit.compat.structlog import structlog  # isort: skip - before what imports it whole
from structlog.types import EventDict, FilteringBoundLogger

from service_kit.trace import current_trace_id


def configure_logs(service: str, level: int = logging.INFO) -> None:
    """Send structlog's and the standard library's lines to stdout as logfmt. May be repeated."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        _add_trace_id,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    render = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "logger", "event"], drop_missing=True
            ),
            _printable,
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(render)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("urllib3", "alembic", "werkzeug", "fontTools"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(service=service)


def get_logger(name: str) -> FilteringBoundLogger:
    """A logger named after its module."""
    return cast(FilteringBoundLogger, structlog.stdlib.get_logger(name))


def _printable(_logger: Any, _method: str, line: Any) -> str:
    """A line is one line and works no terminal, whatever somebody has sent: what isn't printed,
    and what turns the direction of others, is written as its number."""
    if line.isprintable():
        return str(line)
    return "".join(c if c.isprintable() else _escaped(c) for c in line)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def _add_trace_id(_logger: Any, _method: str, event: EventDict) -> EventDict:
    if trace_id := current_trace_id():
        event["trace_id"] = trace_id
    return event
