"""What an append has stored, as its notification carries it: a pusher of the same machine needn't
read what was written a moment ago."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from bus.log.append_plan import LogEnd, Row
from bus.model.event import LogEvent

_MOST_EVENTS = 16
_MOST_BYTES = 16 * 1024
# The kernel keeps ten datagrams and more, and drops what comes beyond: where few wait none was.
_FEW = 4
_PLACE = re.compile(r"([0-9a-f]{8})-([0-9]{1,18})")


class Appended(NamedTuple):
    """How far a log reaches since an append, and its events unless they were too many; with the
    version that the registry had when it was planned."""

    identity: str
    upto: int
    registry_version: int = 0
    events: Sequence[LogEvent] = ()

    @property
    def place(self) -> str:
        """How far the log reaches, as PostgreSQL's notifications say it."""
        return f"{self.identity}-{self.upto}"


_decoder = msgspec.msgpack.Decoder(Appended)


def appended(end: LogEnd, rows: Sequence[Row]) -> Appended:
    """What is told of rows that were stored after `end`; there is one at least."""
    told = rows if are_told(len(rows)) else ()
    events = [LogEvent(row[0], row[1], row[3], row[4], row[5], row[7], row[6]) for row in told]
    return Appended(end.identity, rows[-1][0], end.registry_version, events)


def are_told(events: int) -> bool:
    """Whether so many are few enough to be told, and not only how far the log reaches."""
    return events <= _MOST_EVENTS


def packed(what: Appended) -> bytes:
    """As a datagram, without the events where it would be too long with them."""
    message = msgspec.msgpack.encode(what)
    if len(message) <= _MOST_BYTES:
        return message
    return msgspec.msgpack.encode(what._replace(events=()))


def told(messages: Sequence[bytes]) -> Sequence[Appended] | None:
    """What datagrams that were taken together tell; None: something else has changed, or more was
    told than came."""
    if len(messages) > _FEW:
        return None
    try:
        return [_decoder.decode(message) for message in messages]
    except msgspec.DecodeError:
        return None


def told_places(words: Sequence[str]) -> Sequence[Appended] | None:
    """The same of PostgreSQL's notifications, which are places."""
    found = [_PLACE.fullmatch(word) for word in words]
    return [Appended(it[1], int(it[2])) for it in found if it] if all(found) else None
