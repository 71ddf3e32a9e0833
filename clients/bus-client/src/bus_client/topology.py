"""What a service is to the bus: the topics that it publishes, and what it subscribes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bus_client.client import BusClient
from bus_client.entities import Json, Start


@dataclass(frozen=True, kw_only=True)
class WantedSubscription:
    """`topics` are patterns (`bids`, `bids.create`, `*`) and go to `callback`, with `uuid` as the
    Basic user name and signed with `secret`. `start` is where a new one begins in the log."""

    topics: Sequence[str]
    callback: str
    uuid: str = field(repr=False)
    secret: str = field(repr=False)
    start: Start = "now"

    def document(self) -> dict[str, Any]:
        """As the bus takes it."""
        return {
            "topics": list(self.topics),
            "callback": self.callback,
            "uuid": self.uuid,
            "secret": self.secret,
            "from": self.start,
        }


@dataclass(frozen=True)
class TopicAbout:
    """What a topic is about, and the JSON Schema that `data` of its events must keep: without one
    any data will do. `NO_DATA` is the schema of events that have none."""

    description: str
    schema: Json | None = None

    def document(self) -> dict[str, Any]:
        """As the bus takes it; what isn't said stays there as it is."""
        said = {"description": self.description, "schema": self.schema}
        return {name: value for name, value in said.items() if value is not None}


NO_DATA: Json = {"type": "null"}


@dataclass(frozen=True, kw_only=True)
class Topology:
    """Said once, for the release that declares it and the worker that keeps it so: `subscriptions`
    by their names, of which one is `default` as a rule; what topics that it publishes are `about`,
    by theirs."""

    publishes: Sequence[str] = ()
    about: Mapping[str, TopicAbout] = field(default_factory=dict)
    subscriptions: Mapping[str, WantedSubscription] = field(default_factory=dict)

    def document(self, token: str) -> dict[str, Any]:
        """A line for `python -m bus.cli declare`, where no bus need run yet."""
        return {
            "token": token,
            "publishes": list(self.publishes),
            "about": {topic: one.document() for topic, one in self.about.items()},
            "subscriptions": {
                name: wanted.document() for name, wanted in self.subscriptions.items()
            },
        }


def declare(client: BusClient, topology: Topology) -> None:
    """Subscribe, and claim the topics. May be repeated. Raises BusRefused or BusUnavailable.

    Who declares everybody's topology before anybody publishes loses no event. The subscriptions
    come first: they are good for something even where another owns one of the topics.
    """
    for name, wanted in topology.subscriptions.items():
        client.subscriptions.put(
            name,
            topics=wanted.topics,
            callback=wanted.callback,
            uuid=wanted.uuid,
            secret=wanted.secret,
            start=wanted.start,
        )
    for topic in topology.publishes:
        about = topology.about.get(topic)
        client.claim(topic, **({} if about is None else about.document()))
