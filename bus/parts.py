"""What the bus's HTTP side is made of."""

from dataclasses import dataclass

from service_kit.clock import Clock

from bus.access import Access
from bus.config import Config
from bus.publish.check import Limits
from bus.publish.committer import Committer
from bus.publish.publisher import Publisher
from bus.storage import Storage


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that one app needs, built once."""

    storage: Storage
    access: Access
    publisher: Publisher
    trusted_hosts: frozenset[str]
    now_ms: Clock


def assemble(config: Config, storage: Storage, now_ms: Clock) -> Parts:
    """Put the parts together."""
    trusted_hosts = frozenset(config.trusted_hosts)
    limits = Limits(trusted_hosts, config.max_data_bytes)
    return Parts(
        storage=storage,
        access=Access(config.root_key, storage.clients.find),
        publisher=Publisher(Committer(storage.log.append), limits, now_ms),
        trusted_hosts=trusted_hosts,
        now_ms=now_ms,
    )
