"""Let nobody do one thing too often."""

from dataclasses import dataclass

from service_kit.tokens import digest
from sqlalchemy import Connection, delete, func, insert, select

from auction_app.db.store import Store
from auction_app.db.tables import attempts
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import TooManyAttempts

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS


@dataclass(frozen=True)
class Limit:
    """So many times within a sliding window."""

    name: str
    times: int
    window_ms: int


BIDS = Limit("bid", 120, 10 * _MINUTE_MS)
SIGN_UPS_FROM_ONE_PLACE = Limit("sign-up", 60, _HOUR_MS)
RESETS_FROM_ONE_PLACE = Limit("reset from", 30, _HOUR_MS)
RESETS_FOR_ONE_ADDRESS = Limit("reset for", 3, _HOUR_MS)
ADDRESS_CHANGES = Limit("address change", 5, _HOUR_MS)
PASSWORD_CHECKS = Limit("password check", 10, 15 * _MINUTE_MS)
VERIFICATIONS = Limit("verification", 5, _HOUR_MS)
QUESTIONS = Limit("question", 20, _HOUR_MS)
REPORTS = Limit("report", 20, _HOUR_MS)
ORDER_STEPS = Limit("order step", 120, _HOUR_MS)
SECOND_CHANCES = Limit("second chance", 30, _HOUR_MS)


def use_up(store: Store, limit: Limit, who: str) -> None:
    """Count one more time for `who`. Raises TooManyAttempts once the limit is reached.

    Only a digest of `who` is stored, and forgotten with the window.
    """
    with store.begin() as act:
        use_up_in(act, limit, who)


def use_up_in(act: UnitOfWork, limit: Limit, who: str) -> None:
    """The same, within a transaction that does more."""
    subject = _subject(limit.name, who)
    since_ms = act.now_ms - limit.window_ms
    if count(act.conn, subject, since_ms=since_ms) >= limit.times:
        raise TooManyAttempts(limit.window_ms // 1000)
    note(act.conn, [subject], now_ms=act.now_ms, keep_since_ms=since_ms)


def write_in_vain(act: UnitOfWork, who: str) -> None:
    """Write to the disk and change nothing, so that a form takes as long whether `who` has an
    account or not."""
    subject = _subject("in vain", who)
    note(act.conn, [subject], now_ms=act.now_ms, keep_since_ms=act.now_ms)


def _subject(what: str, who: str) -> str:
    return digest(f"{what} {who}")


def count(conn: Connection, subject: str, *, since_ms: int) -> int:
    """Attempts of a subject since then."""
    found = (
        select(func.count())
        .select_from(attempts)
        .where(attempts.c.subject == subject, attempts.c.at_ms > since_ms)
    )
    return conn.execute(found).scalar_one()


def note(conn: Connection, subjects: list[str], *, now_ms: int, keep_since_ms: int) -> None:
    """Note an attempt for each subject, and forget their old ones."""
    conn.execute(
        delete(attempts).where(attempts.c.subject.in_(subjects), attempts.c.at_ms <= keep_since_ms)
    )
    conn.execute(insert(attempts), [{"subject": subject, "at_ms": now_ms} for subject in subjects])
