"""Builds what the bus is made of, or says in a clear line each what is wrong."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from service_kit.clock import Clock, now_ms
from service_kit.config import or_exit
from service_kit.errors import ConfigError, StoreUnavailable
from service_kit.metrics.histogram import Histogram
from service_kit.schema import check_start

from bus.auth import Auth
from bus.config import Config, read
from bus.log.retention import DAY_MS
from bus.publish.group_commit import Committer
from bus.publish.publisher import Publisher
from bus.publish.topic_logs import TopicLogs
from bus.publish.validation import Limits
from bus.storage import EventLog, Logs, Storage, open_logs
from bus.streams.follower import Follower
from bus.streams.processor_share import ProcessorShare
from bus.streams.pull import Puller
from bus.streams.readers import Readers

WORKERS_STATUS = 4
"""gunicorn restarts a worker that exits, for ever; for this status it gives up and says so."""


def config_or_exit(status: int = 2) -> Config:
    """The settings from the environment; exits with a line on stderr for each complaint."""
    return or_exit(read, status=status)


def open_or_exit(config: Config, clock: Clock = now_ms, *, status: int = 2) -> Logs:
    """The logs, be their databases away for now; exits with a line on stderr when tables are
    missing, or a database is another log's."""
    for url in config.database_urls:
        or_exit(lambda url=url: check_start("bus", url), status=status)  # type: ignore[misc]
    return or_exit(lambda: _opened(config, clock), status=status)


def _opened(config: Config, clock: Clock) -> Logs:
    """Raises ConfigError."""
    logs = open_logs(config.database_url, dict(config.logs), clock)
    with suppress(StoreUnavailable):  # whoever needs it says so
        lacking = sorted(set(logs.home.topics.elsewhere().values()) - set(dict(config.logs)))
        if lacking:
            raise ConfigError([f"BUS_LOGS lacks {', '.join(lacking)}, where topics are"])
        logs.copy_registry()
    return logs


@dataclass(frozen=True, slots=True)
class ServedLog:
    """A log as it is read over HTTP: by readers, who wait at its follower, and by pullers."""

    log: EventLog
    follower: Follower
    puller: Puller


@dataclass(frozen=True, slots=True)
class Bus:
    """Everything that one app needs, built once."""

    logs: Logs
    auth: Auth
    publisher: Publisher
    served: Mapping[str, ServedLog]
    readers: Readers
    share: ProcessorShare
    trusted_hosts: frozenset[str]
    path_prefix: str
    max_data_bytes: int
    publish_seconds: Histogram
    now_ms: Clock

    @property
    def storage(self) -> Storage:
        """The registry, and the log beside it."""
        return self.logs.home


def build(config: Config, *, logs: Logs | None = None, clock: Clock = now_ms) -> Bus:
    """Put the parts together; without `logs` those of the settings.

    Exits with a line on stderr that says what is wrong with that.
    """
    logs = logs or open_or_exit(config, clock, status=WORKERS_STATUS)
    storage = logs.home
    trusted_hosts = frozenset(config.trusted_hosts)
    limits = Limits(trusted_hosts, config.max_data_bytes)
    give_up_ms = config.give_up_days * DAY_MS
    share = ProcessorShare()
    return Bus(
        logs=logs,
        auth=Auth(config.root_key, storage.clients.find, used=storage.token_uses.note),
        publisher=Publisher(_topic_logs(logs), limits, clock, storage.topics.schema),
        served={
            name: ServedLog(
                store.log,
                Follower(store.log, share),
                Puller(store, give_up_ms=give_up_ms),
            )
            for name, store in logs
        },
        readers=Readers(most=config.max_readers, most_of_client=config.max_readers_of_client),
        share=share,
        trusted_hosts=trusted_hosts,
        path_prefix=config.path_prefix,
        max_data_bytes=config.max_data_bytes,
        publish_seconds=Histogram(
            "bus_publish_seconds", "From a publication's last byte to its commit."
        ),
        now_ms=clock,
    )


def _topic_logs(logs: Logs) -> TopicLogs:
    topics = logs.home.topics
    return TopicLogs(
        {name: _committer(store.log, is_alone=not logs.others) for name, store in logs},
        topics.elsewhere,
        lambda topic, client_id: topics.claim([topic], client_id),
    )


def _committer(log: EventLog, *, is_alone: bool) -> Committer:
    """A log that is alone may keep a loop waiting for its disk; of several each has its thread, for
    the others' disks are idle meanwhile."""
    return Committer(log.append, log.append_if_free) if is_alone else Committer(log.append)
