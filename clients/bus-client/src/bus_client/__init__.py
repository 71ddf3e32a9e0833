"""Publish thin events to a Gavel bus, and subscribe to it."""

from bus_client.client import BusClient, Event
from bus_client.entities import (
    AfterPosition,
    Answer,
    Attempt,
    DeadLetter,
    FromTime,
    Parked,
    Redriven,
    Settings,
    Start,
    Subscription,
)
from bus_client.errors import BusError, BusRefused, BusUnavailable, NotPossible
from bus_client.keep_subscribed import keep_subscribed
from bus_client.subscriptions import Subscriptions
from bus_client.topology import Topology, declare

__all__ = [
    "AfterPosition",
    "Answer",
    "Attempt",
    "BusClient",
    "BusError",
    "BusRefused",
    "BusUnavailable",
    "DeadLetter",
    "Event",
    "FromTime",
    "NotPossible",
    "Parked",
    "Redriven",
    "Settings",
    "Start",
    "Subscription",
    "Subscriptions",
    "Topology",
    "declare",
    "keep_subscribed",
]
