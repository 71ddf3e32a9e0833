"""Builds what the house is made of, the same for the process that serves and the one that works."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from bus_client import BusError, connect
from bus_drain import receiver
from service_kit.clock import now_ms
from service_kit.config import ConfigError
from service_kit.health import Check
from service_kit.jobs import Job, Jobs
from service_kit.local import Commits, LocalChannel, LocalTransport
from service_kit.notify import Channel, NotifyChannel
from service_kit.outbox import Outbox
from service_kit.outbox.watch import check_outbox, outbox_metrics
from service_kit.worker import Body

from stages.apps import APPS, App, Surroundings
from stages.config import Config, read_apps

if TYPE_CHECKING:
    from prometheus_client.core import Metric

_HEARTBEAT_S = 1.0


@dataclass(frozen=True, kw_only=True)
class House:
    """The apps by name. `commits` knows where in this process something was committed."""

    config: Config
    apps: Mapping[str, App]
    commits: Commits
    _receives: ExitStack = field(default_factory=ExitStack)

    @property
    def checks(self) -> dict[str, Check]:
        """Whether each app has its tables, and what it announces leaves."""
        tables = {name: app.check for name, app in self.apps.items()}
        return tables | {
            f"{name} outbox": partial(check_outbox, outbox) for name, outbox in self._outboxes()
        }

    def check_start(self) -> None:
        """Raise ConfigError, or NotMigrated, when an app must not start, or its queue can't be
        opened."""
        for app in self.apps.values():
            app.check_start()
        if not self.config.works_elsewhere:
            self._check_bus()

    def _check_bus(self) -> None:
        setting = next(iter(self.config.bus_urls))
        try:
            connect(self.config.bus_url, "").close()
        except BusError as error:
            raise ConfigError([f"{setting}: {error}"]) from error

    def collect(self) -> "Iterator[Metric]":
        """What has not left."""
        yield from outbox_metrics(dict(self._outboxes()), now_ms())
        for app in self.apps.values():
            yield from app.collect()

    def _outboxes(self) -> Iterator[tuple[str, Outbox]]:
        for name, app in self.apps.items():
            if app.outbox is not None:
                yield name, app.outbox

    def jobs(self) -> Iterator[Job]:
        """What waits in any app's tables. What one publishes, all of them hear in this process."""
        for name, app in self.apps.items():
            bus = connect("inline:", "", receiver(app.listeners), name=name)
            self._receives.enter_context(bus)
            yield from app.jobs(bus.publish).values()

    def close(self) -> None:
        """Have no app hear of anything more."""
        self._receives.close()

    def timers(self, jobs: Jobs) -> dict[str, Body]:
        """What time brings, and a look at what nobody else looks at: what was put off, what the
        timers commit, and what a process left that was killed."""

        def heartbeat() -> float:
            jobs.settle()
            return _HEARTBEAT_S

        return _named({name: app.timers for name, app in self.apps.items()}) | {"look": heartbeat}

    def loops(self) -> dict[str, Body]:
        """All that the apps' own worker processes would do."""
        return _named({name: app.loops() for name, app in self.apps.items()})


def build(config: Config) -> House:
    """Build the apps that are held, round one transport. Raises ConfigError."""
    settings = read_apps(config)
    commits, transport = Commits(), LocalTransport()

    def open_channel(url: str, purpose: str) -> Channel:
        if config.works_elsewhere:
            return NotifyChannel.for_database(url, purpose)
        return LocalChannel(commits.note)

    def collect() -> "Iterable[Metric]":
        return house.collect() if config.works_here else ()

    here = Surroundings(transport=transport, open_channel=open_channel, collect=collect)
    apps = {name: APPS[name](settings[name], here) for name in config.apps}
    for name, url in config.urls:
        transport.serve(url, apps[name].wsgi)
    house = House(config=config, apps=apps, commits=commits)
    return house


def _named(bodies: Mapping[str, Mapping[str, Body]]) -> dict[str, Body]:
    return {f"{app} {name}": body for app, of in bodies.items() for name, body in of.items()}
