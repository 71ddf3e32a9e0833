"""Publish thin events to a bus, and receive them: in one process, a worker, or over HTTP."""

from bus_client.bus import Bus
from bus_client.client import BusClient, bus_elsewhere
from bus_client.connect import bus_url, connect
from bus_client.entities import (
    AfterPosition,
    Answer,
    Attempt,
    DeadLetter,
    EventBatch,
    Finding,
    FromTime,
    HistoryPoint,
    Parked,
    PulledBatch,
    Redriven,
    Resync,
    SeekPreview,
    Settings,
    Span,
    Start,
    Steps,
    Subscription,
    Timings,
)
from bus_client.errors import (
    BadConnection,
    BusError,
    BusRefused,
    BusUnavailable,
    NobodyReceives,
    NoClientNamed,
    NothingToRun,
    NotPossible,
    Undelivered,
)
from bus_client.event import Event
from bus_client.inline import InlineBus
from bus_client.keep_subscribed import keep_subscribed
from bus_client.receivers import Deliver
from bus_client.subscriptions import Subscriptions
from bus_client.tokens import Tokens
from bus_client.topology import NO_DATA, TopicAbout, Topology, WantedSubscription, declare

__version__ = "0.5.0"

__all__ = [
    "NO_DATA",
    "AfterPosition",
    "Answer",
    "Attempt",
    "BadConnection",
    "Bus",
    "BusClient",
    "BusError",
    "BusRefused",
    "BusUnavailable",
    "DeadLetter",
    "Deliver",
    "Event",
    "EventBatch",
    "Finding",
    "FromTime",
    "HistoryPoint",
    "InlineBus",
    "NoClientNamed",
    "NobodyReceives",
    "NotPossible",
    "NothingToRun",
    "Parked",
    "PulledBatch",
    "Redriven",
    "Resync",
    "SeekPreview",
    "Settings",
    "Span",
    "Start",
    "Steps",
    "Subscription",
    "Subscriptions",
    "Timings",
    "Tokens",
    "TopicAbout",
    "Topology",
    "Undelivered",
    "WantedSubscription",
    "bus_elsewhere",
    "bus_url",
    "connect",
    "declare",
    "keep_subscribed",
]
