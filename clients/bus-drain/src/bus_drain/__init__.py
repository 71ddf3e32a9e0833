"""Receive the bus's webhooks in any Python web application."""

from bus_drain.authenticate import BasicAuthentication, SignatureVerification
from bus_drain.drain import Drain
from bus_drain.errors import (
    BadSettings,
    DrainError,
    Malformed,
    MethodNotAllowed,
    NotJson,
    Refused,
    TooBig,
    Unauthenticated,
)
from bus_drain.event import Event
from bus_drain.listen import Listener, Listeners, Outcome, Receive
from bus_drain.parse import parse

__all__ = [
    "BadSettings",
    "BasicAuthentication",
    "Drain",
    "DrainError",
    "Event",
    "Listener",
    "Listeners",
    "Malformed",
    "MethodNotAllowed",
    "NotJson",
    "Outcome",
    "Receive",
    "Refused",
    "SignatureVerification",
    "TooBig",
    "Unauthenticated",
    "parse",
]
