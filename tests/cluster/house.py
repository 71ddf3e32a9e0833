"""Two bus hosts and two pusher hosts over the cluster, with publishers and a subscriber."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.bus.receiver import Receiver, receiving
from tests.cluster.publishers import Publishers
from tests.cluster.servers import Cluster
from tests.procfile import Processes, procfile
from tests.sockets import free_port
from tests.waiting import wait_for

ROOT_KEY = "root-key-of-the-cluster"
BUSES, PUSHERS = ("bus1", "bus2"), ("pusher1", "pusher2")


@dataclass(frozen=True, slots=True)
class House:
    """What runs over a cluster."""

    cluster: Cluster
    processes: Processes
    receiver: Receiver
    publishers: Publishers

    def delivered(self) -> dict[str, set[str]]:
        """The ids that each mark came with."""
        ids: dict[str, set[str]] = {}
        for delivery in list(self.receiver.deliveries):
            for event in delivery.events:
                if event["type"] != "resync":
                    ids.setdefault(event["data"]["mark"], set()).add(event["id"])
        return ids

    def lost(self) -> set[str]:
        """Marks that were acknowledged and have not been delivered yet."""
        acknowledged = {mark for _, mark in list(self.publishers.written.acknowledged)}
        return acknowledged - self.delivered().keys()

    def doubled(self) -> set[str]:
        """Marks that are in the log more than once."""
        return {mark for mark, ids in self.delivered().items() if len(ids) > 1}

    def statuses(self) -> Counter[int]:
        """What publishers were answered."""
        return Counter(self.publishers.written.statuses)

    def log_bytes(self) -> int:
        """How much the processes have logged."""
        return sum(len(self.processes.output(name)) for name in (*BUSES, *PUSHERS))


@contextmanager
def house(cluster: Cluster, folder: Path, *, by: str = "balancer") -> Iterator[House]:
    """A house over a database of its own, reached `by` the balancer or by all hosts' names."""
    database = f"bus_by_{by}"
    cluster.create(database)
    ports = {name: free_port() for name in (*BUSES, *PUSHERS)}
    settings = {"BUS_DATABASE_URL": cluster.url(database, by=by), "BUS_ROOT_KEY": ROOT_KEY}
    settings["BUS_TRUSTED_HOSTS"] = "127.0.0.1"
    processes = Processes(_commands(ports, folder), settings, ports, folder / f"log-{by}")
    try:
        processes.run("python -m service_kit.migrate bus")
        processes.start()
        with receiving() as receiver:
            urls = [f"http://127.0.0.1:{ports[name]}" for name in BUSES]
            publishers = Publishers(urls, _client(urls[0], "publisher"))
            _subscribe(urls[0], receiver.url)
            publishers.start()
            try:
                yield House(cluster, processes, receiver, publishers)
            finally:
                publishers.stop()
    finally:
        processes.close()


def _commands(ports: dict[str, int], folder: Path) -> dict[str, str]:
    """What machines know of each other by their temporary folders, these hosts don't."""
    theirs, commands = procfile(), {}
    for name in (*BUSES, *PUSHERS):
        own = folder / f"tmp-{name}"
        own.mkdir(exist_ok=True)
        kind = name[:-1]
        command = theirs[kind].replace("$PORT_BUS", str(ports[name]))
        commands[name] = f"env TMPDIR={own} BUS_PUSHER_PORT={ports[name]} {command}"
    return commands


def _client(bus: str, name: str) -> str:
    answer = requests.post(
        f"{bus}/api_tokens", json={"name": name}, auth=(ROOT_KEY, ""), timeout=20
    )
    answer.raise_for_status()
    return str(answer.json()["token"])


def _subscribe(bus: str, callback: str) -> None:
    asked = {"topics": ["*"], "callback": callback, "uuid": "uuid-of-the-cluster"}
    token = _client(bus, "subscriber")
    url = f"{bus}/clients/subscriber/subscriptions/all"

    def subscribed() -> bool:
        return requests.put(url, json=asked, auth=(token, ""), timeout=20).ok

    wait_for(subscribed, what="subscribed")
