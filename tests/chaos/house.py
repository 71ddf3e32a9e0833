"""A bus, its pushers and their subscribers as real processes, all of which can be killed."""

import json
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from typing import Any

from service_kit.http import HttpClient

from tests.chaos.journal import seen
from tests.chaos.judge import Kill
from tests.chaos.plan import TOPICS, Plan, SubscriberPlan
from tests.chaos.subscriber import Settings
from tests.procfile import Processes, procfile
from tests.sockets import free_base
from tests.waiting import wait_for

_ROOT_KEY = "root-key-of-the-chaos"
# So that a poisoned entity becomes a dead letter within a round, and a healed endpoint is tried.
_IMPATIENT = {"first_ms": 300, "longest_ms": 2_000, "parked_ms": [300, 800, 1_500]}
_PORTS = 12
# Below the range that outgoing connections take their ports from: a killed process must find its
# own free when it comes back. Never the same twice in a row, for rounds that run side by side.
_bases = cycle(random.sample(range(12_000, 30_000, 40), 450))
_bases_lock = threading.Lock()


class House(Processes):
    """The processes of one round over the migrated database at `database_url`."""

    def __init__(self, plan: Plan, database_url: str, folder: Path) -> None:
        self.plan = plan
        self.folder = folder
        names = ["bus", *plan.pushers, *(one.name for one in plan.subscribers)]
        with _bases_lock:
            base = free_base(range(_PORTS), _bases)
        self.all_ports = {name: base + place for place, name in enumerate(names)}
        self.pusher_kills: list[Kill] = []
        self._trap = socket.create_server(("127.0.0.1", 0))
        self._tokens: dict[str, str] = {}
        settings = {
            "BUS_DATABASE_URL": database_url,
            "BUS_ROOT_KEY": _ROOT_KEY,
            "BUS_TRUSTED_HOSTS": "127.0.0.1",
            "PORT_BUS": str(self.all_ports["bus"]),
        }
        ready = {name: self.all_ports[name] for name in ("bus", *plan.pushers)}
        super().__init__(self._commands(), settings, ready, folder / "log")

    def open(self) -> None:
        """Start the bus and its pushers, and make its clients."""
        self.start("bus", *self.plan.pushers)
        for client in (*TOPICS, *(one.name for one in self.plan.subscribers)):
            answer = self._call("POST", "/api_tokens", {"name": client})
            self._tokens[client] = answer["token"]

    def subscribe(self, epoch: float) -> None:
        """Start the subscribers, and wait until the bus knows of all."""
        for one in self.plan.subscribers:
            self._settings(one, epoch).write(self._file(one.name, "json"))
        self.launch(*(one.name for one in self.plan.subscribers))
        everybody = len(self.plan.subscribers)
        wait_for(lambda: len(self.backlog()) == everybody, seconds=60, what="all subscribed")

    def token(self, client: str) -> str:
        """The token of a client of the bus."""
        return self._tokens[client]

    def journal(self, subscriber: str) -> Path:
        """Where a subscriber writes down what it gets."""
        return self._file(subscriber, "journal")

    def backlog(self) -> dict[str, int]:
        """How much waits for each subscriber, as the bus says."""
        listed = self._call("GET", "/subscriptions")
        return {one["subscriber"]: one["events"]["queued"] for one in listed}

    def dead(self, subscriber: str) -> set[str]:
        """The marks of the dead letters of a subscriber, as the bus says."""
        marks, path = set(), f"{_subscription(subscriber)}/dead-letters"
        while path:
            page = self._call("GET", path)
            letters = page["_embedded"]["dead-letters"]
            marks |= {seen(letter["event"]).mark for letter in letters}
            path = page["_links"].get("next", {}).get("href", "")
        return marks

    def strike(self, act: str, target: str, chance: random.Random) -> None:
        """Kill a process without warning, or start it again."""
        if act == "start":
            self.launch(target)
        elif target == "bus_worker":
            self._kill_worker(chance)
        else:
            after = time.monotonic()
            self.kill(target)
            if target in self.plan.pushers:
                self.pusher_kills.append(Kill(after, time.monotonic()))

    def trapped(self) -> int:
        """How many connections came where nobody may ever come."""
        self._trap.setblocking(False)
        found = 0
        with suppress(BlockingIOError):
            while True:
                self._trap.accept()[0].close()
                found += 1
        return found

    def close(self) -> None:
        """Kill everything."""
        super().close()
        self._trap.close()

    def _commands(self) -> dict[str, str]:
        theirs = procfile()
        # What a machine's processes know of each other is in its temporary folder.
        machine = f"TMPDIR=$(mktemp -d -p '{self.folder}') " if self.plan.apart else ""
        pushers = {
            name: f"env {machine}BUS_PUSHER_PORT={self.all_ports[name]} {theirs['pusher']}"
            for name in self.plan.pushers
        }
        subscribers = {
            one.name: f"python -m tests.chaos.subscriber '{self._file(one.name, 'json')}'"
            for one in self.plan.subscribers
        }
        return {"bus": theirs["bus"], **pushers, **subscribers}

    def _settings(self, one: SubscriberPlan, epoch: float) -> Settings:
        callback = f"http://127.0.0.1:{self.all_ports[one.name]}/events"
        subscription = {
            "topics": list(one.topics),
            "callback": callback,
            "uuid": one.name,
            "max": one.max_events,
            "timeout": one.timeout_ms,
            "concurrency": one.concurrency,
            "retry": _IMPATIENT,
        }
        return Settings(
            port=self.all_ports[one.name],
            bus_port=self.all_ports["bus"],
            token=self.token(one.name),
            subscription_path=_subscription(one.name),
            subscription=subscription,
            journal=str(self.journal(one.name)),
            trap=f"http://127.0.0.1:{self._trap.getsockname()[1]}/",
            epoch=epoch,
            spells=one.spells,
        )

    def _kill_worker(self, chance: random.Random) -> None:
        workers = self._workers()
        if workers:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(workers), signal.SIGKILL)

    def _workers(self) -> Sequence[int]:
        """The children of gunicorn's master; none while it is dead."""
        if not self.runs("bus"):
            return []
        pid = self.pid("bus")
        with suppress(FileNotFoundError):
            return [
                int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            ]
        return []

    def _file(self, name: str, suffix: str) -> Path:
        return self.folder / f"{name}.{suffix}"

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        origin = f"http://127.0.0.1:{self.all_ports['bus']}"
        with HttpClient({origin: _ROOT_KEY}) as client:
            answer = (
                client.send(method, origin + path, json=body) if body else client.get(origin + path)
            )
        return json.loads(answer.body)


def _subscription(subscriber: str) -> str:
    return f"/clients/{subscriber}/subscriptions/default"
