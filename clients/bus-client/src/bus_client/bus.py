"""A bus, whichever it is: what a service may do with the one that its settings name."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Self

from service_kit.errors import HttpFailure
from service_kit.jobs import Job, Jobs, Work

from bus_client.event import Event


class Bus(ABC):
    """Publish and look after work: the same calls for every URL (`connect`).

    `attend` names work that rows in tables stand for, such as publishing an outbox. `look` says,
    after a commit, that there may be some. What a look means depends on the bus: `inline:` does
    the work now, `huey:` queues a look, `http://` tells the process that works.

    `jobs` is all the work, shared by the contexts that are connected to one URL in one process.
    """

    def __init__(self, jobs: Jobs | None = None) -> None:
        self.jobs = jobs or Jobs()
        self._own_jobs: list[Job] = []

    @abstractmethod
    def publish(self, topic: str, events: Sequence[Event]) -> None:
        """Publish up to 1 000 events; returns once nobody can lose them.

        Raises BusRefused when trying again changes nothing, else BusUnavailable.
        """

    @abstractmethod
    def look(self) -> None:
        """Say that a commit may have left work. Call it after the commit, never before. Raises
        nothing: whoever works looks by itself too, so a look that is lost delays and loses
        nothing."""

    @abstractmethod
    def waiting(self) -> int:
        """How many events somebody has not taken yet: none may, before this bus is left for
        another. What waits in an outbox is no matter: it leaves by whichever bus comes next.

        Raises BusUnavailable.
        """

    @abstractmethod
    def run(self, stopping: threading.Event, *, workers: int = 2) -> None:
        """Work until `stopping` is set: what `bus work` runs. Blocks. Raises NothingToRun."""

    def close(self) -> None:
        """Let go of connections, attend to nothing and receive nothing more."""
        self.jobs.remove(*self._own_jobs)
        self._own_jobs.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def attend(self, name: str, work: Work) -> None:
        """Do this at every look: it does one piece of work and returns whether there was one. It
        must be safe to kill and to repeat. After a failure it rests with back-off."""
        job = Job(name, work, away=HttpFailure)
        self._own_jobs.append(job)
        self.jobs.add(job)

    def created(self, topic: str, url: str) -> None:
        """Announce that the entity at `url` was created."""
        self.publish(topic, [{"type": "create", "url": url}])

    def updated(self, topic: str, url: str) -> None:
        """Announce that the entity at `url` changed."""
        self.publish(topic, [{"type": "update", "url": url}])

    def deleted(self, topic: str, url: str) -> None:
        """Announce that the entity at `url` is gone."""
        self.publish(topic, [{"type": "delete", "url": url}])

    def noop(self, topic: str, url: str) -> None:
        """Announce that the entity at `url` exists, unchanged: for backfills."""
        self.publish(topic, [{"type": "noop", "url": url}])
