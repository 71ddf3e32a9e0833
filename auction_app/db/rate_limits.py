"""Let nobody do one thing too often."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service_kit.tokens import digest
from sqlalchemy import Connection, delete, func, insert, select

from auction_app.db.store import Store
from auction_app.db.tables import attempts
from auction_app.db.turns import take_turn
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import TooManyAttempts

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_LONGEST_WINDOW_MS = _HOUR_MS


@dataclass(frozen=True)
class Limit:
    """So many times within a sliding window."""

    name: str
    times: int
    window_ms: int


Attempt = Mapping[Limit, str]
"""What is done, and by whom, as each limit counts it."""

SIGN_INS_FROM_ONE_PLACE_FOR_ONE_ADDRESS = Limit("sign-in from for", 10, 15 * _MINUTE_MS)
SIGN_INS_FROM_ONE_PLACE = Limit("sign-in from", 100, 15 * _MINUTE_MS)
SIGN_INS_FOR_ONE_ADDRESS = Limit("sign-in for", 100, 15 * _MINUTE_MS)
SIGN_INS_FROM_A_KNOWN_DEVICE = Limit("sign-in by device", 10, 15 * _MINUTE_MS)
SECOND_STEPS_FOR_ONE_ACCOUNT = Limit("second step for", 10, _HOUR_MS)
SECOND_STEPS_FROM_ONE_PLACE = Limit("second step from", 100, 15 * _MINUTE_MS)
SECOND_STEPS_FROM_A_KNOWN_DEVICE = Limit("second step by device", 10, _HOUR_MS)
FIRST_CODES = Limit("first code", 20, _HOUR_MS)
PASSKEY_CHALLENGES = Limit("passkey challenge", 60, 15 * _MINUTE_MS)
BIDS = Limit("bid", 120, 10 * _MINUTE_MS)
SIGN_UPS_FROM_ONE_PLACE = Limit("sign-up", 60, _HOUR_MS)
RESETS_FROM_ONE_PLACE = Limit("reset from", 30, _HOUR_MS)
RESETS_FOR_ONE_ADDRESS = Limit("reset for", 3, _HOUR_MS)
ADDRESS_CHANGES = Limit("address change", 5, _HOUR_MS)
PASSWORD_CHECKS = Limit("password check", 10, 15 * _MINUTE_MS)
VERIFICATIONS = Limit("verification", 5, _HOUR_MS)
SIGN_UPS_AGAIN = Limit("sign-up again", 3, _HOUR_MS)
QUESTIONS = Limit("question", 20, _HOUR_MS)
REPORTS = Limit("report", 20, _HOUR_MS)
ORDER_STEPS = Limit("order step", 120, _HOUR_MS)
MESSAGES = Limit("message", 30, _HOUR_MS)
SECOND_CHANCES = Limit("second chance", 30, _HOUR_MS)


def use_up(store: Store, limit: Limit, who: str) -> None:
    """Count one more time for `who`. Raises TooManyAttempts once the limit is reached.

    Only a digest of `who` is stored, and forgotten with the window.
    """
    with store.begin() as act:
        use_up_in(act, limit, who)


def use_up_in(act: UnitOfWork, limit: Limit, who: str) -> None:
    """The same, within a transaction that does more."""
    use_up_all(act, {limit: who})


def use_up_all(act: UnitOfWork, attempt: Attempt) -> None:
    """Count one more time for each, or for none of them. Raises TooManyAttempts once a limit is
    reached.

    It is counted before what is limited is done, and whoever comes at the same moment waits until
    it is: of any number at once no more than the limit get through.
    """
    subjects = _subjects(attempt)
    _one_at_a_time(act.conn, subjects)
    for subject, limit in subjects.items():
        _check(act, subject, limit)
    _note(act, subjects)


def give_back(act: UnitOfWork, attempt: Attempt) -> None:
    """Count one less for each: it was no attempt after all."""
    for subject in _subjects(attempt):
        newest = select(func.max(attempts.c.id)).where(attempts.c.subject == subject)
        act.conn.execute(delete(attempts).where(attempts.c.id == newest.scalar_subquery()))


def write_in_vain(act: UnitOfWork, who: str) -> None:
    """Write to the disk and change nothing, so that a form takes as long whether `who` has an
    account or not."""
    _note(act, [digest(f"in vain {who}")])


def _subjects(attempt: Attempt) -> dict[str, Limit]:
    return {digest(f"{limit.name} {who}"): limit for limit, who in attempt.items()}


def _one_at_a_time(conn: Connection, subjects: Iterable[str]) -> None:
    for subject in sorted(subjects):  # in one order, so that no two wait for each other
        take_turn(conn, subject)


def _check(act: UnitOfWork, subject: str, limit: Limit) -> None:
    """Raises TooManyAttempts, with the time until the oldest attempt that counts is forgotten."""
    since_ms = act.now_ms - limit.window_ms
    query = (
        select(attempts.c.at_ms)
        .where(attempts.c.subject == subject, attempts.c.at_ms > since_ms)
        .order_by(attempts.c.at_ms.desc())
        .offset(limit.times - 1)
        .limit(1)
    )
    oldest_ms = act.conn.execute(query).scalar_one_or_none()
    if oldest_ms is not None:
        raise TooManyAttempts(-((since_ms - oldest_ms) // 1000))


def _note(act: UnitOfWork, subjects: Iterable[str]) -> None:
    """Note attempts, and forget the oldest that no limit counts any more, whosever they are: more
    than are noted, so that nobody can fill the table."""
    rows = [{"subject": subject, "at_ms": act.now_ms} for subject in subjects]
    oldest = (
        select(attempts.c.id)
        .where(attempts.c.at_ms <= act.now_ms - _LONGEST_WINDOW_MS)
        .order_by(attempts.c.id)
        .limit(2 * len(rows))
        .with_for_update(skip_locked=True)
    )
    act.conn.execute(delete(attempts).where(attempts.c.id.in_(oldest)))
    act.conn.execute(insert(attempts), rows)
