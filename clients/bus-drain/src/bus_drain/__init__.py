"""Receive the bus's webhooks in any Python web application."""

from bus_drain.drain import Drain, Endpoint
from bus_drain.errors import (
    BadSettings,
    DrainError,
    Malformed,
    MethodNotAllowed,
    NotJson,
    Refused,
    SomeFailed,
    StateUnavailable,
    TooBig,
    Unauthenticated,
)
from bus_drain.event import Event
from bus_drain.http.authenticate import BasicAuthentication, SignatureVerification
from bus_drain.http.body import with_body
from bus_drain.http.parse import parse
from bus_drain.layers.bust import Bust
from bus_drain.layers.deduplicate import Deduplicate
from bus_drain.layers.dirty import DirtyMap, MarkDirty, Swept
from bus_drain.layers.filter import Filter
from bus_drain.layers.listen import RESYNC, Listener, Listeners, Outcome, Receive, each
from bus_drain.layers.prefetch import Prefetch
from bus_drain.layers.siphon import Siphon
from bus_drain.receiver import receiver
from bus_drain.stacks import Basic, CacheBusting, Caching, Mapping
from bus_drain.state import State
from bus_drain.storage import open_state

__version__ = "0.2.0"

__all__ = [
    "RESYNC",
    "BadSettings",
    "Basic",
    "BasicAuthentication",
    "Bust",
    "CacheBusting",
    "Caching",
    "Deduplicate",
    "DirtyMap",
    "Drain",
    "DrainError",
    "Endpoint",
    "Event",
    "Filter",
    "Listener",
    "Listeners",
    "Malformed",
    "Mapping",
    "MarkDirty",
    "MethodNotAllowed",
    "NotJson",
    "Outcome",
    "Prefetch",
    "Receive",
    "Refused",
    "SignatureVerification",
    "Siphon",
    "SomeFailed",
    "State",
    "StateUnavailable",
    "Swept",
    "TooBig",
    "Unauthenticated",
    "each",
    "open_state",
    "parse",
    "receiver",
    "with_body",
]
