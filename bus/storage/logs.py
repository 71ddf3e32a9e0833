"""The logs that topics are in: one at home, beside the registry, and others in databases of their
own, each with a copy of it (docs/delivery.md D38)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from msgspec import UNSET
from service_kit.clock import Clock
from service_kit.database import connect

from bus.errors import BadTopic, NotFound
from bus.model.delivery import Overview
from bus.model.log_name import MAIN
from bus.model.overview_sum import summed, urgency
from bus.model.topic import Topic, TopicAbout
from bus.storage.registry_copy import RegistryCopy
from bus.storage.store import Storage

_COPY_EVERY_S = 1.0
_NONE: Mapping[str, Storage] = {}


class Logs:
    """The store of each log by its name, that at home first. May be used by any thread."""

    def __init__(
        self,
        home: Storage,
        others: Mapping[str, Storage] = _NONE,
        copies: Sequence[RegistryCopy] = (),
    ) -> None:
        self.home = home
        self.others = others
        self._stores = {MAIN: home, **others}
        self._copies = copies

    def __iter__(self) -> Iterator[tuple[str, Storage]]:
        return iter(self._stores.items())

    def __contains__(self, name: object) -> bool:
        return name in self._stores

    @property
    def names(self) -> tuple[str, ...]:
        """What the logs are called."""
        return tuple(self._stores)

    def store(self, name: str) -> Storage:
        """The store of a log. Raises NotFound."""
        if name not in self._stores:
            raise NotFound(f"there is no log {name}")
        return self._stores[name]

    def claim(self, names: Sequence[str], client_id: int, about: TopicAbout) -> None:
        """As `Topics.claim`. Raises BadTopic for a log that there isn't too."""
        if about.log is not UNSET and about.log not in self._stores:
            raise BadTopic(f"there is no log {about.log}: BUS_LOGS names those beside {MAIN}")
        self.home.topics.claim(names, client_id, about)

    def counted(self, topics: Sequence[Topic]) -> list[Topic]:
        """The same topics, with their numbers of events from where those are."""
        if not self.others:
            return list(topics)
        elsewhere = self.home.topics.elsewhere()
        counts = {
            (name, one.name): one.events
            for name, store in self.others.items()
            for one in store.topics.all()
        }
        return [
            replace(one, events=counts.get((elsewhere.get(one.name, MAIN), one.name), one.events))
            for one in topics
        ]

    def of_topic(self, topic: str) -> str:
        """Which log a topic is in."""
        return self.home.topics.elsewhere().get(topic, MAIN) if self.others else MAIN

    def page(self, client: str | None = None, **which: Any) -> list[Overview]:
        """As `Overviews.page`, summed."""
        failing = self._failing_elsewhere(client)
        return self.summed(self.home.overviews.page(client, failing_elsewhere=failing, **which))

    def conditions(self, client: str | None) -> dict[str, int]:
        """As `Overviews.conditions`, of all logs together."""
        return self.home.overviews.conditions(client, self._failing_elsewhere(client))

    def worst(self, client: str | None, limit: int) -> list[Overview]:
        """As `Overviews.worst`, of all logs together."""
        found = self.home.overviews.worst(client, limit)
        if not self.others:
            return found
        ids = {
            one.subscription.id
            for store in self.others.values()
            for one in store.overviews.worst(client, limit)
        } | {one.subscription.id for one in found}
        return sorted(self.summed(self.home.overviews.of_ids(list(ids))), key=urgency)[:limit]

    def _failing_elsewhere(self, client: str | None) -> list[int]:
        return [id for store in self.others.values() for id in store.overviews.failing(client)]

    def summed(self, overviews: Sequence[Overview]) -> list[Overview]:
        """Subscriptions as they stand at home, and in the other logs too."""
        if not self.others or not overviews:
            return list(overviews)
        ids = [one.subscription.id for one in overviews]
        found: dict[int, list[Overview]] = {one.subscription.id: [one] for one in overviews}
        for store in self.others.values():
            for one in store.overviews.of_ids(ids):
                found[one.subscription.id].append(one)
        return [summed(each) for each in found.values()]

    def told_name(self, name: str) -> str | None:
        """What is said of a log to who gets its events: nothing, where it is the only one."""
        return name if self.others else None

    def copy_registry(self) -> float:
        """Have all logs know what is registered, and home know what a pusher has disabled; returns
        the seconds until the next time. A body for `run_loops`."""
        heard = [copy.take_home() for copy in self._copies]
        if any(heard):
            self.home.log.notify()
        for copy in self._copies:
            copy.bring()
        return _COPY_EVERY_S

    def close(self) -> None:
        """Close the connections."""
        for store in self._stores.values():
            store.close()


def open_logs(url: str, others: Mapping[str, str], now_ms: Clock) -> Logs:
    """The logs at these database URLs, the first at home. Opens no connection yet."""
    copies: list[RegistryCopy] = []

    def follow() -> None:
        for copy in copies:
            copy.bring()

    engine = connect(url)
    stores = {name: Storage(connect(one), now_ms, is_home=False) for name, one in others.items()}
    copies += [RegistryCopy(name, engine, one) for name, one in stores.items()]
    return Logs(Storage(engine, now_ms, follow), stores, copies)
