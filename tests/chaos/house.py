"""A bus, its pushers and their subscribers as real processes, all of which can be killed."""

import json
import os
import random
import signal
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import Any

from service_kit.errors import HttpFailure
from service_kit.http import HttpClient

from tests.chaos.engines import Store
from tests.chaos.faults import Faults
from tests.chaos.journal import seen
from tests.chaos.judge import Lapse
from tests.chaos.outbox import TOPIC, opened, waiting
from tests.chaos.plan import (
    HANGING,
    NAMES_HANG,
    POISON_ROWS,
    TOPICS,
    Plan,
    Strike,
    SubscriberPlan,
)
from tests.chaos.subscriber import Settings
from tests.procfile import Processes, procfile
from tests.sockets import free_base, release
from tests.waiting import wait_for

_ROOT_KEY = "root-key-of-the-chaos"
# So that a poisoned entity becomes a dead letter within a round, and a healed endpoint is tried.
_IMPATIENT = {"first_ms": 300, "longest_ms": 2_000, "parked_ms": [300, 800, 1_500]}
_HANGING = "hanging"
_CLOCK_DOUBTED_S = 15.0
OUTBOX = "outbox"
_PORTS = 12


class House(Processes):
    """The processes of one round over a migrated database; `library` brings their faults."""

    def __init__(self, plan: Plan, store: Store, folder: Path, library: Path) -> None:
        self.plan = plan
        self.folder = folder
        self._store = store
        self._faults = {
            name: Faults(library, folder / f"{name}.faults") for name in ("bus", *plan.pushers)
        }
        names = ["bus", *plan.pushers, *(one.name for one in plan.subscribers)]
        base = free_base(range(_PORTS))
        self._reserved = range(base, base + _PORTS)
        self.all_ports = {name: base + place for place, name in enumerate(names)}
        self.lapses: list[Lapse] = []
        self._away_since = self._full_since = 0.0
        self._trap = socket.create_server(("127.0.0.1", 0))
        self._tokens: dict[str, str] = {}
        # On PostgreSQL it is where the bus is, and shares its fate.
        self._outbox_url = (
            f"sqlite:///{folder / 'outbox.sqlite3'}" if "sqlite" in store.url else store.url
        )
        self.outbox = opened(self._outbox_url) if POISON_ROWS in plan.troubles else None
        settings = {
            "BUS_DATABASE_URL": store.url,
            "BUS_ROOT_KEY": _ROOT_KEY,
            "BUS_TRUSTED_HOSTS": ",".join(self._host(one) for one in plan.subscribers),
            "PORT_BUS": str(self.all_ports["bus"]),
        }
        ready = {name: self.all_ports[name] for name in ("bus", *plan.pushers)}
        super().__init__(self._commands(), settings, ready, folder / "log")

    def open(self) -> None:
        """Start the bus and its pushers, and make its clients."""
        self.start("bus", *self.plan.pushers)
        for client in (*TOPICS, _HANGING, *(one.name for one in self.plan.subscribers)):
            answer = self._call("POST", "/api_tokens", {"name": client})
            self._tokens[client] = answer["token"]
        if self.outbox is not None:
            bus = f"http://127.0.0.1:{self.all_ports['bus']}"
            arguments = f"'{self._outbox_url}' {bus} {self.token(TOPIC)}"
            self.commands[OUTBOX] = f"python -m tests.chaos.outbox {arguments}"

    def subscribe(self, epoch: float) -> None:
        """Start the subscribers, and wait until the bus knows of all."""
        for one in self.plan.subscribers:
            self._settings(one, epoch).write(self._file(one.name, "json"))
        if self.outbox is not None:
            self.launch(OUTBOX)
        if NAMES_HANG in self.plan.troubles:
            self._subscribe_names_that_hang()
        self.launch(*(one.name for one in self.plan.subscribers))
        everybody = len(self.plan.subscribers) + (self.outbox is not None)

        def all_subscribed() -> bool:
            with suppress(HttpFailure):  # a busy machine
                return len(self.backlog()) == everybody
            return False

        wait_for(all_subscribed, seconds=60, what="all subscribed")

    def token(self, client: str) -> str:
        """The token of a client of the bus."""
        return self._tokens[client]

    def journal(self, subscriber: str) -> Path:
        """Where a subscriber writes down what it gets."""
        return self._file(subscriber, "journal")

    def backlog(self) -> dict[str, int]:
        """How much waits for each subscriber that can be reached, as the bus says."""
        listed = self._call("GET", "/subscriptions")
        waits = {
            one["subscriber"]: one["events"]["queued"]
            for one in listed
            if not one["subscriber"].startswith(_HANGING)
        }
        return waits if self.outbox is None else waits | {OUTBOX: waiting(self.outbox)}

    def progress(self, name: str) -> int:
        """A number that changes when somebody who waits is looked at."""
        if name == OUTBOX and self.outbox is not None:
            return waiting(self.outbox)
        return self.journal(name).stat().st_size

    def dead(self, subscriber: str) -> set[str]:
        """The marks of the dead letters of a subscriber, as the bus says."""
        marks, path = set(), f"{_subscription(subscriber)}/dead-letters"
        while path:
            page = self._call("GET", path)
            letters = page["_embedded"]["dead-letters"]
            marks |= {seen(letter["event"]).mark for letter in letters}
            path = page["_links"].get("next", {}).get("href", "")
        return marks

    def strike(self, strike: Strike, chance: random.Random) -> None:
        """Kill a process without warning, start it again, or let something be wrong or right."""
        match strike.act:
            case "start":
                if not self.runs(strike.target):
                    self.launch(strike.target)
            case "kill":
                self._kill(strike.target, chance)
            case "away":
                self._away_since = time.monotonic()
                self._store.away()
            case "back":
                self._store.back()
                self.lapses.append(Lapse(self._away_since, time.monotonic()))
            case fault:
                self._let(fault, strike.target, strike.amount)

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
        release(self._reserved)
        self._trap.close()
        for faults in self._faults.values():
            faults.close()
        if self.outbox is not None:
            self.outbox.dispose()

    def _commands(self) -> dict[str, str]:
        theirs = procfile()
        # What a machine's processes know of each other is in its temporary folder.
        machine = f"TMPDIR=$(mktemp -d -p '{self.folder}') " if self.plan.apart else ""
        pushers = {
            name: f"env {machine}{self._preloaded(name)}BUS_PUSHER_PORT={self.all_ports[name]}"
            f" {theirs['pusher']}"
            for name in self.plan.pushers
        }
        subscribers = {
            one.name: f"python -m tests.chaos.subscriber '{self._file(one.name, 'json')}'"
            for one in self.plan.subscribers
        }
        bus = f"env {self._preloaded('bus')}{theirs['bus']}"
        return {"bus": bus, **pushers, **subscribers}

    def _preloaded(self, name: str) -> str:
        settings = self._faults[name].environment
        return "".join(f"{key}='{value}' " for key, value in settings.items())

    def _settings(self, one: SubscriberPlan, epoch: float) -> Settings:
        callback = f"http://{self._host(one)}:{self.all_ports[one.name]}/events"
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

    def _host(self, one: SubscriberPlan) -> str:
        """A name where names matter: an address needs no resolver."""
        if NAMES_HANG not in self.plan.troubles:
            return "127.0.0.1"
        return f"{one.name.replace('_', '-')}.chaos.test"

    def _subscribe_names_that_hang(self) -> None:
        for number in range(HANGING):
            wanted = {
                "topics": list(TOPICS),
                "callback": f"https://endpoint-{number}.hanging.test/events",
                "uuid": _HANGING,
                "retry": _IMPATIENT,
            }
            path = f"/clients/{_HANGING}/subscriptions/number-{number}"
            self._call("PUT", path, wanted, key=self.token(_HANGING))

    def _let(self, fault: str, target: str, amount: int) -> None:
        now = time.monotonic()
        for faults in [self._faults[target]] if target else self._faults.values():
            faults.set(**{fault: amount})
        if fault == "disk_full" and amount:
            self._full_since = now
        elif fault == "disk_full":
            self.lapses.append(Lapse(self._full_since, time.monotonic()))
        elif fault == "clock_ms":
            # Who starts by a wrong clock may take one that lives for dead (docs/delivery.md D22),
            # which costs a repeat. One machine's stays wrong.
            self.lapses.append(Lapse(now, now + (_CLOCK_DOUBTED_S if not target else inf)))

    def _kill(self, target: str, chance: random.Random) -> None:
        if target == "bus_worker":
            self._kill_worker(chance)
        elif self.runs(target):
            after = time.monotonic()
            self.kill(target)
            if target in self.plan.pushers:
                self.lapses.append(Lapse(after, time.monotonic()))

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

    def _call(self, method: str, path: str, body: Any = None, *, key: str = _ROOT_KEY) -> Any:
        origin = f"http://127.0.0.1:{self.all_ports['bus']}"
        with HttpClient({origin: key}) as client:
            answer = (
                client.send(method, origin + path, json=body) if body else client.get(origin + path)
            )
        return json.loads(answer.body)


def _subscription(subscriber: str) -> str:
    return f"/clients/{subscriber}/subscriptions/default"
