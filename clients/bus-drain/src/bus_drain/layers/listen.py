"""Hand a batch to whoever listens to its topics and types."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from service_kit.errors import StoreUnavailable

from bus_drain.errors import SomeFailed
from bus_drain.event import NOTICES, Event

_log = logging.getLogger(__name__)

Listener = Callable[[Sequence[Event]], None]
"""Takes its events in order; returns when they are safe, raises to get them again: SomeFailed for
some of them, anything else for all. StoreUnavailable says that it is no fault of theirs."""

EVERY_OTHER = "*"
RESYNC = "bus.resync"
"""What the bus says once to a subscriber whose events are gone unseen; `data` has the positions
`from` and `to` (docs/delivery.md D23)."""
_NOBODY_RESYNCS = (
    f"events are gone before they came: name a listener {RESYNC!r} that looks for what they told."
    " positions=%s"
)


@dataclass(frozen=True)
class Outcome:
    """What became of a batch: the events that must come again. Empty: all are settled.

    `unavailable`: some failed because a listener's store can't be used now.
    """

    failed: tuple[Event, ...] = ()
    unavailable: bool = False


Receive = Callable[[Sequence[Event]], Outcome]
"""A layer below HTTP: takes a batch, answers what became of each event."""


class Listeners:
    """Calls the listener of each event's topic and type.

    The most exact name wins, so an event has one listener at most: `"bids.create"`, then
    `"bids"`, then `"*"`. What the bus says to this receiver (NOTICES) gets to who names it alone.
    Events that nobody listens to are settled, a resync
    with an error in the log: nobody then looks for what is gone. A listener that raises fails its
    own events only; the others still get theirs.
    """

    def __init__(self, listeners: Mapping[str, Listener]) -> None:
        self._listeners = dict(listeners)
        self._names = frozenset(listeners)
        self._hears_of_resyncs = listener_of("bus", "resync", self._names) is not None

    def __call__(self, events: Sequence[Event]) -> Outcome:
        failed: list[Event] = []
        unavailable = False
        self._complain_of_resyncs(events)
        for name, batch in batches(events, self._names):
            try:
                failed.extend(_failed(name, self._listeners[name], batch))
            except StoreUnavailable:
                failed.extend(batch)
                unavailable = True
        return Outcome(tuple(failed), unavailable)

    def _complain_of_resyncs(self, events: Sequence[Event]) -> None:
        for event in events:
            if event.topic == "bus" and event.type == "resync" and not self._hears_of_resyncs:
                _log.error(_NOBODY_RESYNCS, event.data)


def each(on_event: Callable[[Event], None]) -> Listener:
    """A listener that calls `on_event` for one event after the other; each fails on its own.

    When one fails, later events of the same URL in the batch fail too, uncalled: order within one
    URL is kept.
    """

    def listen(events: Sequence[Event]) -> None:
        failed: dict[str, list[Event]] = {}
        for event in events:
            if event.url in failed:
                failed[event.url].append(event)
            elif not _succeeds(on_event, event):
                failed[event.url] = [event]
        if failed:
            raise SomeFailed(event for of_one in failed.values() for event in of_one)

    return listen


@lru_cache(1024)
def listener_of(topic: str, type_: str, names: frozenset[str]) -> str | None:
    """The most exact of `names` that covers this kind of event; pure.

    | names                  | bids create   | bids update | auctions create | bus noop |
    |------------------------|---------------|-------------|-----------------|----------|
    | bids.create, bids, *   | bids.create   | bids        | *               | None     |
    | bids.create, bus       | bids.create   | None        | None            | bus      |
    """
    exact = f"{topic}.{type_}"
    fitting = (exact, topic) if (topic, type_) in NOTICES else (exact, topic, EVERY_OTHER)
    return next((name for name in fitting if name in names), None)


def batches(events: Sequence[Event], names: frozenset[str]) -> list[tuple[str, list[Event]]]:
    """The events by listener, as few batches as keep the order within each URL; pure."""
    kinds = {(event.topic, event.type) for event in events}
    of_kind = {kind: listener_of(*kind, names) for kind in kinds}
    if len(set(of_kind.values())) == 1:  # as most batches are
        name = next(iter(of_kind.values()))
        return [] if name is None else [(name, list(events))]
    found: list[tuple[str, list[Event]]] = []
    newest: dict[str, int] = {}  # a listener's newest batch
    holds: dict[str, int] = {}  # the newest batch that holds a URL
    for event in events:
        name = of_kind[event.topic, event.type]
        if name is None:
            continue
        place = newest.get(name, -1)
        if place < holds.get(event.url, 0):
            found.append((name, []))
            place = newest[name] = len(found) - 1
        found[place][1].append(event)
        holds[event.url] = place
    return found


def _failed(name: str, listener: Listener, batch: Sequence[Event]) -> Sequence[Event]:
    try:
        listener(batch)
    except SomeFailed as error:
        # Whoever names none of its own events is mistaken about all of them.
        failed = [event for event in batch if event in error.events] or batch
        _log.warning("listener failed listener=%s events=%s", name, _ids(failed))
        return failed
    except StoreUnavailable as error:
        _log.warning("listener's store unavailable listener=%s error=%s", name, error)
        raise
    except Exception:  # noqa: BLE001 - foreign code: whatever it raises means "again"
        _log.exception("listener failed listener=%s events=%s", name, _ids(batch))
        return batch
    return ()


def _succeeds(on_event: Callable[[Event], None], event: Event) -> bool:
    try:
        on_event(event)
    except StoreUnavailable as error:
        _log.warning("store unavailable id=%s error=%s", event.id, error)
        return False
    except Exception:  # noqa: BLE001 - foreign code: whatever it raises means "again"
        _log.exception("event failed id=%s url=%s", event.id, event.url)
        return False
    return True


def _ids(events: Iterable[Event]) -> list[str | None]:
    return [event.id for event in events]
