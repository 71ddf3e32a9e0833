"""A database that can't be used now: what says so in any driver's words, told once a second."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from service_kit.errors import StoreUnavailable

_log = logging.getLogger(__name__)

# PEP 249's names for what lies with the database and not with what was asked of it. PostgreSQL
# says InternalError where it was made read-only, and where a page is corrupted.
_ITS_OWN_FAULT = {"OperationalError", "InternalError", "InterfaceError"}
# SQLite says OperationalError for bad SQL too, and DatabaseError for a file that is broken: perm,
# busy, locked, no memory, read-only, interrupted, I/O, corrupt, full, can't open, protocol, no
# database (https://www.sqlite.org/rescode.html).
_SQLITE_OUTAGES = {3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 26}
_SQLITE_DAMAGE = {11, 26}
_DAMAGE = {"XX001", "XX002"}  # PostgreSQL's data_corrupted and index_corrupted
_TOLD_EVERY_S = 1.0


@contextmanager
def outages_translated() -> Iterator[None]:
    """Raise StoreUnavailable for what says that the database can't be used now."""
    try:
        yield
    except Exception as error:
        if not is_outage(error):
            raise
        raise unavailable(error) from error


def is_outage(error: Exception) -> bool:
    """Whether an error of SQLAlchemy or a driver lies with the database: the same may pass later.

    | error                                                      | outage |
    |------------------------------------------------------------|--------|
    | refused, reset, timed out, shutting down, no connection free | yes  |
    | disk full, I/O, corrupted, read-only, locked for too long  | yes    |
    | deadlock, serialization failure                            | yes    |
    | bad SQL, a constraint, a bad value                         | no     |
    """
    if isinstance(error, PoolExhausted):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _SQLITE_OUTAGES
    return any(
        kind.__name__ in _ITS_OWN_FAULT and kind.__module__ != "builtins"
        for kind in type(cause).__mro__
    )


def unavailable(error: Exception) -> StoreUnavailable:
    """The kit's error for an outage. This is where it is logged, so nobody above needs to."""
    cause = getattr(error, "orig", None) or error
    word = _word(cause)
    _teller.tell(word)
    code, state = getattr(cause, "sqlite_errorcode", 0) or 0, getattr(cause, "sqlstate", None)
    return StoreUnavailable(word, is_damaged=code & 0xFF in _SQLITE_DAMAGE or state in _DAMAGE)


def _word(cause: Exception) -> str:
    if isinstance(cause, OSError) and cause.filename:
        return f"{cause.filename}: {cause.strerror}"
    return (str(cause).splitlines() or [type(cause).__name__])[0]


class _Teller:
    """One line a second, however many ask: an outage fills no disk."""

    def __init__(self, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._steady_s = steady_s
        self._lock = threading.Lock()
        self._again_s = 0.0
        self._untold = 0

    def tell(self, word: str) -> None:
        with self._lock:
            now_s = self._steady_s()
            if now_s < self._again_s:
                self._untold += 1
                return
            self._again_s, untold, self._untold = now_s + _TOLD_EVERY_S, self._untold, 0
        _log.warning("store unavailable error=%r untold=%d", word, untold)


_teller = _Teller()
