"""What a service is to the bus: the topics that it publishes, and what it subscribes to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bus_client.client import BusClient


@dataclass(frozen=True, kw_only=True)
class Topology:
    """Said once, for the release that declares it and the worker that keeps it so.

    `topics` are patterns (`bids`, `bids.create`, `*`) and go to `callback` as the subscription
    `name`; none: the service only publishes.
    """

    publishes: Sequence[str] = ()
    topics: Sequence[str] = ()
    callback: str = ""
    uuid: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    name: str = "default"

    def document(self, token: str) -> dict[str, Any]:
        """A line for `python -m bus.cli declare`, where no bus need run yet."""
        said = asdict(self)
        publishes, name = list(said.pop("publishes")), said.pop("name")
        subscription = said | {"topics": list(self.topics)}
        return {
            "token": token,
            "publishes": publishes,
            "subscriptions": {name: subscription} if self.topics else {},
        }


def declare(client: BusClient, topology: Topology) -> None:
    """Subscribe, and claim the topics. May be repeated. Raises BusRefused or BusUnavailable.

    Who declares everybody's topology before anybody publishes loses no event. The subscription
    comes first: it is good for something even where another owns one of the topics.
    """
    if topology.topics:
        client.subscriptions.put(
            topology.name,
            topics=topology.topics,
            callback=topology.callback,
            uuid=topology.uuid,
            secret=topology.secret or None,
        )
    for topic in topology.publishes:
        client.claim(topic)
