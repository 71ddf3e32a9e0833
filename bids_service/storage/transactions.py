"""Transactions whose failures speak the service's language."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from service_kit import database
from service_kit.logs import get_logger
from sqlalchemy import Connection, CursorResult, Engine
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from bids_service.errors import StoreUnavailable

log = get_logger(__name__)

T = TypeVar("T")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view. Raises StoreUnavailable."""
    with _translated(), database.reading(engine) as connection:
        yield connection


@contextmanager
def read_once(engine: Engine) -> Iterator[Connection]:
    """For one query, at less cost than `reading`. Raises StoreUnavailable."""
    with _translated(), database.read_once(engine) as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that commits at the end and rolls back on an error. Raises StoreUnavailable."""
    with _translated(), database.writing(engine) as connection:
        yield connection


def once_more_if_raced(act: Callable[[], T]) -> T:
    """Run a transaction again when another took its unique key first: then it finds that key."""
    try:
        return act()
    except IntegrityError:
        return act()


def new_id(written: CursorResult[Any]) -> int:
    """The id that an inserted row got."""
    key = written.inserted_primary_key
    assert key is not None
    return int(key[0])


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolExhausted) as error:
        log.error("store unavailable", error=str(getattr(error, "orig", error)))
        raise StoreUnavailable("the database doesn't answer") from error
