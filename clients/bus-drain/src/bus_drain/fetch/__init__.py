"""Fetch the entities that events name: hypermedia, cached, within deadlines."""

from service_kit.extras import needs

with needs("bus-drain[fetch]"):
    from service_kit.wsgi_transport import WsgiTransport

    from bus_drain.fetch.client import EntityClient
    from bus_drain.fetch.entity import Entity
    from bus_drain.fetch.errors import (
        CircuitOpen,
        FetchError,
        Missing,
        NoSuchLink,
        NotHal,
        Rejected,
        TooLarge,
        Unavailable,
        UnknownHost,
    )
    from bus_drain.fetch.many import Fetched

__all__ = [
    "CircuitOpen",
    "Entity",
    "EntityClient",
    "FetchError",
    "Fetched",
    "Missing",
    "NoSuchLink",
    "NotHal",
    "Rejected",
    "TooLarge",
    "Unavailable",
    "UnknownHost",
    "WsgiTransport",
]
