"""What can go wrong in the bus.

BusError
├── Refused              the caller asked for something that can't be; `index` names the event
│   ├── BadTopic         a topic name outside [a-z_]{1,64}
│   ├── BadSchema        a JSON Schema that events can't be judged by
│   ├── BadEvent         an event breaks a rule of publishing; `faults`: which of an array do
│   ├── BadData          an event's `data` is not as its topic's schema says; `pointer`: where
│   ├── BadMediaType     events in a form that isn't taken
│   ├── BadKey           an idempotency key of the wrong form
│   ├── BadSubscription  a subscription breaks a rule
│   ├── BadSecret        a signing secret of the wrong form
│   ├── BadClient        a client name or token of the wrong form
│   └── BadQuery         a query with an unknown key, or a value that breaks its rule
├── NotAuthenticated     no token, or one that isn't known
├── NotAllowed           a token that isn't good for this
├── TopicTaken           another client publishes this topic
├── Outdated             a publisher knows of a topic what is no longer so: learn it, and try again
│   ├── SchemaChanged    events were judged by another schema than their topic has now
│   └── TopicElsewhere   a topic is in another log than its events were brought to
├── KeyReused            the idempotency key was used for other events
├── NotYours             another client's subscription
├── TooManySecrets       a subscription has been given too many secrets in a day
├── OtherMode            what is pushed was to be pulled, or the other way round
├── LeaseLapsed          what was leased is leased no longer
├── TooManyReaders       as many streams and long polls are open as may be; `of_client`: its own
├── NotServedHere        this entrance of the bus does not stream
├── CannotResend         an attempt that can't be made again
├── EventsGone           events that are in the log no more
├── NotFound             no such thing for this caller
└── Unavailable          the events could not be stored now; publishing again is safe
"""

from collections.abc import Mapping


class BusError(Exception):
    """Root of all errors of the bus."""


class Refused(BusError):
    """The caller asked for something that can't be. `index` is the event's place in an array."""

    def __init__(self, reason: str, *, index: int | None = None) -> None:
        super().__init__(reason if index is None else f"event {index}: {reason}")
        self.index = index


class BadTopic(Refused):
    """A topic name outside [a-z_]{1,64}."""


class BadSchema(Refused):
    """A JSON Schema that events can't be judged by."""


class BadEvent(Refused):
    """An event breaks a rule of publishing. `faults` are the places of an array's bad events and
    what is wrong with each, as many as are named."""

    def __init__(
        self, reason: str, *, index: int | None = None, faults: Mapping[int, str] | None = None
    ) -> None:
        super().__init__(reason, index=index)
        self.faults = faults or {}


class BadData(Refused):
    """An event's `data` is not as its topic's schema says; `pointer` is where in the event."""

    def __init__(self, reason: str, *, pointer: str, index: int | None = None) -> None:
        super().__init__(reason, index=index)
        self.pointer = pointer


class BadMediaType(Refused):
    """Events in a form that isn't taken."""


class BadKey(Refused):
    """An idempotency key of the wrong form."""


class BadSubscription(Refused):
    """A subscription breaks a rule."""


class BadSecret(Refused):
    """A signing secret of the wrong form."""


class BadClient(Refused):
    """A client name or token of the wrong form."""


class BadQuery(Refused):
    """A query with an unknown key, or a value that breaks its rule."""


class NotAuthenticated(BusError):
    """No token, or one that isn't known."""


class NotAllowed(BusError):
    """A token that isn't good for this: its scopes are others."""


class TopicTaken(BusError):
    """Another client publishes this topic."""


class Outdated(BusError):
    """A publisher knows of a topic what is no longer so: learn it, and try again."""


class SchemaChanged(Outdated):
    """Events were judged by another schema than their topic has now: judge them again."""


class TopicElsewhere(Outdated):
    """A topic is in another log than its events were brought to, or nobody owns it there."""


class KeyReused(BusError):
    """The idempotency key was used for other events."""


class NotYours(BusError):
    """Another client's subscription."""


class TooManySecrets(BusError):
    """A subscription has been given too many secrets in a day, and all of them are honoured."""


class OtherMode(BusError):
    """A subscription that is pushed was to be pulled, or the other way round."""


class LeaseLapsed(BusError):
    """What was leased is leased no longer: its events come again, or have come again."""


class TooManyReaders(BusError):
    """As many streams and long polls are open as may be: `of_client`, one client's own."""

    def __init__(self, *, of_client: bool) -> None:
        super().__init__("this client reads often enough" if of_client else "too many read now")
        self.of_client = of_client


class NotServedHere(BusError):
    """This entrance of the bus does not stream."""


class CannotResend(BusError):
    """An attempt that can't be made again."""


class EventsGone(BusError):
    """Events that are in the log no more."""


class NotFound(BusError):
    """No such thing for this caller."""


class Unavailable(BusError):
    """The events could not be stored now. Whether they were is unknown; publish them again."""
