"""Builds what the bus is made of, or says in a clear line each what is wrong."""

from dataclasses import dataclass

from service_kit.clock import Clock, now_ms
from service_kit.config import or_exit
from service_kit.metrics.histogram import Histogram
from service_kit.schema import check_start

from bus.auth import Auth
from bus.config import Config, read
from bus.log.retention import DAY_MS
from bus.publish.group_commit import Committer
from bus.publish.publisher import Publisher
from bus.publish.validation import Limits
from bus.storage import Storage, open_storage
from bus.streams.follower import Follower
from bus.streams.pull import Puller
from bus.streams.readers import Readers

WORKERS_STATUS = 4
"""gunicorn restarts a worker that exits, for ever; for this status it gives up and says so."""


def config_or_exit(status: int = 2) -> Config:
    """The settings from the environment; exits with a line on stderr for each complaint."""
    return or_exit(read, status=status)


def open_or_exit(config: Config, clock: Clock = now_ms, *, status: int = 2) -> Storage:
    """The store, be it away for now; exits with a line on stderr when its tables are missing."""
    or_exit(lambda: check_start("bus", config.database_url), status=status)
    return or_exit(lambda: open_storage(config.database_url, clock), status=status)


@dataclass(frozen=True, slots=True)
class Bus:
    """Everything that one app needs, built once."""

    storage: Storage
    auth: Auth
    publisher: Publisher
    follower: Follower
    readers: Readers
    puller: Puller
    trusted_hosts: frozenset[str]
    path_prefix: str
    max_data_bytes: int
    publish_seconds: Histogram
    now_ms: Clock


def build(config: Config, *, storage: Storage | None = None, clock: Clock = now_ms) -> Bus:
    """Put the parts together; without `storage` the one of the settings.

    Exits with a line on stderr that says what is wrong with that.
    """
    storage = storage or open_or_exit(config, clock, status=WORKERS_STATUS)
    trusted_hosts = frozenset(config.trusted_hosts)
    limits = Limits(trusted_hosts, config.max_data_bytes)
    return Bus(
        storage=storage,
        auth=Auth(config.root_key, storage.clients.find, used=storage.token_uses.note),
        publisher=Publisher(Committer(storage.log.append), limits, clock, storage.topics.schema),
        follower=Follower(storage.log),
        readers=Readers(most=config.max_readers, most_of_client=config.max_readers_of_client),
        puller=Puller(storage, give_up_ms=config.give_up_days * DAY_MS),
        trusted_hosts=trusted_hosts,
        path_prefix=config.path_prefix,
        max_data_bytes=config.max_data_bytes,
        publish_seconds=Histogram(
            "bus_publish_seconds", "From a publication's last byte to its commit."
        ),
        now_ms=clock,
    )
