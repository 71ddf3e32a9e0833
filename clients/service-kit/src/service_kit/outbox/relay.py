"""The relay: what waits goes to the bus, whatever that thinks of some (docs/delivery.md D31)."""

import time
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Engine, Table

from service_kit.errors import HttpFailure, PartlyTaken, UnexpectedStatus
from service_kit.logs import get_logger
from service_kit.outbox.batches import (
    Settlement,
    calls_of,
    faults_in,
    reason_of,
    split_at_fault,
    trace_of,
)
from service_kit.outbox.holds import Holds
from service_kit.outbox.store import Outbox
from service_kit.outbox.stored import StoredEvent
from service_kit.outbox.turn import Keep, turn
from service_kit.trace import tracing

log = get_logger(__name__)

Publish = Callable[[str, list[Any]], None]
"""(topic, events): returns once the bus has them on disk. Raises UnexpectedStatus when it refuses
them, PartlyTaken, or another HttpFailure when nobody knows."""

_BATCH = 2_000
_MOST_LATE = 5_000  # beyond that somebody has failed for so long that all wait for them
_MOST_REFUSED = 50  # a batch: so that a piece of work ends
_MOST_CALLS = 50  # likewise


class Relay:
    """Publishes what waits in the outbox, in the order it was written, topic by topic.

    At least once: killed between the bus's answer and the delete, the rows go out again. So
    receivers key what they do by the entity, not by the event.

    | the bus                              | the events                                          |
    |--------------------------------------|-----------------------------------------------------|
    | takes them                           | are gone                                            |
    | refuses what one of them says, or no | that one is set aside, with the reason              |
    | bus could read it                    |                                                     |
    | refuses their topic or the caller    | of this topic wait, and are tried again with back-off |
    | has receivers that did not take some | wait each for itself, tried again with back-off     |
    | is away, or too busy                 | all wait, and are tried again with back-off         |
    """

    def __init__(
        self,
        engine: Engine,
        table: Table,
        publish: Publish,
        *,
        steady_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outbox = Outbox(engine, table)
        self._table = table
        self._publish = publish
        self._holds = Holds[str](steady_s)
        self._late = Holds[int](steady_s)
        self._is_new = True

    def publish_waiting(self) -> int:
        """Publish one batch; returns how many events were looked at, 0 when none can go now, or
        another process is at it.

        Raises HttpFailure when the bus is away, losing nothing.
        """
        with turn(self._outbox.engine, self._table) as keep:
            return self._publish_batch(keep) if keep is not None else 0

    def _publish_batch(self, keep: Keep) -> int:
        if self._is_new or self._holds:
            self._holds.agree_with(self._outbox.held())
            self._is_new = False
        rows = self._outbox.next(_BATCH, without=self._holds.resting(), but=self._late.resting())
        settlement = Settlement()
        try:
            self._publish_all(rows, settlement, keep)
        finally:
            if settlement:
                self._outbox.settle(settlement)
        return len(rows)

    def _publish_all(self, rows: Sequence[StoredEvent], settlement: Settlement, keep: Keep) -> None:
        for row in rows:
            if row.reason is not None:
                self._set_aside(row, row.reason, settlement)
        sound = [row for row in rows if row.reason is None]
        for call in islice(calls_of(sound), _MOST_CALLS):
            if len(settlement.refused) >= _MOST_REFUSED:
                return
            keep()
            if call[0].topic not in settlement.held:
                self._offer(call[0].topic, call, settlement)

    def _offer(self, topic: str, rows: Sequence[StoredEvent], settlement: Settlement) -> None:
        """Publish rows of one topic, in order, as far as the bus takes them."""
        left = [rows]
        while left and len(settlement.refused) < _MOST_REFUSED:
            again = self._call(topic, left.pop(), settlement)
            if again is None:
                return
            left += reversed(again)
        if self._holds.free(topic):
            settlement.freed.add(topic)
            log.info("topic is taken again", topic=topic)

    def _call(
        self, topic: str, run: Sequence[StoredEvent], settlement: Settlement
    ) -> list[Sequence[StoredEvent]] | None:
        """Publish some rows in one call; which to call with instead, None when it is held."""
        try:
            with tracing(trace_of(run), f"publish {topic}", "producer", events=len(run)):
                self._publish(topic, [_event(row) for row in run])
        except PartlyTaken as error:
            self._took_some(topic, run, error, settlement)
            return []
        except UnexpectedStatus as error:
            if error.may_pass:
                raise
            return self._refused(topic, run, error, settlement)
        self._took([row.id for row in run], settlement)
        return []

    def _took(self, ids: Sequence[int], settlement: Settlement) -> None:
        settlement.published += ids
        if self._late:
            for id in ids:
                self._late.free(id)

    def _took_some(
        self, topic: str, run: Sequence[StoredEvent], error: PartlyTaken, settlement: Settlement
    ) -> None:
        """What one receiver does not take stops nothing: others get what comes after it."""
        self._took([row.id for n, row in enumerate(run) if n not in error.left], settlement)
        if len(self._late) + len(error.left) > _MOST_LATE:
            raise error
        pause_s = max(self._late.hold(run[place].id) for place in error.left)
        log.warning(
            "events not taken by all",
            topic=topic,
            events=len(error.left),
            reason=reason_of(error),
            retry_in_s=round(pause_s, 2),
        )

    def _refused(
        self,
        topic: str,
        run: Sequence[StoredEvent],
        error: UnexpectedStatus,
        settlement: Settlement,
    ) -> list[Sequence[StoredEvent]] | None:
        if faults := faults_in(run, error):
            for place, reason in faults.items():
                self._set_aside(run[place], reason, settlement)
            rest = [row for place, row in enumerate(run) if place not in faults]
            return [rest] if rest else []
        runs = split_at_fault(run, error)
        if runs is None:
            self._hold(topic, error, settlement)
            return None
        if len(run) > 1:
            return runs
        (row,), reason = run, reason_of(error, error.problem).removeprefix("event 0: ")
        self._set_aside(row, reason, settlement)
        return []

    def _set_aside(self, row: StoredEvent, reason: str, settlement: Settlement) -> None:
        settlement.refused[row.id] = reason
        log.error("event refused", id=row.id, topic=row.topic, url=row.url, reason=reason)

    def _hold(self, topic: str, error: HttpFailure, settlement: Settlement) -> None:
        reason, pause_s = reason_of(error), self._holds.hold(topic)
        settlement.held[topic] = reason
        log.warning("topic held", topic=topic, reason=reason, retry_in_s=round(pause_s, 2))


def _event(row: StoredEvent) -> dict[str, Any]:
    """`id` tells a receiver in this process that it has taken it before; it goes no farther."""
    return {"id": str(row.id), "type": row.type, "url": row.url, "timestamp": row.changed_at_ms}
