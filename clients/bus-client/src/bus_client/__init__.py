"""Publish thin events to a Gavel bus, and subscribe to it."""

from bus_client.client import BusClient, Event
from bus_client.errors import BusError, BusRefused, BusUnavailable
from bus_client.subscribing import keep_subscribed

__all__ = ["BusClient", "BusError", "BusRefused", "BusUnavailable", "Event", "keep_subscribed"]
