"""What is pulled, and how a batch of it looks over HTTP, at either entrance."""

from collections.abc import Sequence

import msgspec

from bus.bootstrap import Bus
from bus.model.paths import subscription_path
from bus.streams.pull import Pulled
from bus.subscriptions.validation import check_subscription_name


def pulled_id(bus: Bus, token: str | None, client: str, name: str) -> int:
    """The id of the subscription whose owner, or the root key, this is. Raises BusError."""
    bus.auth.owner(token, client)
    client_id = bus.storage.clients.id_of(client)
    return bus.storage.subscriptions.find(client_id, check_subscription_name(name))


def pulled_body(pulled: Pulled, client: str, name: str, prefix: str) -> bytes:
    """A batch as HAL; the events are written as they are stored."""
    lease = pulled.lease
    document = (
        b'{"events":[%b],"position":%d,"replay":%d,"lease":%b,"leased_until_ms":%b,"_links":%b}'
    )
    return document % (
        b",".join([event.body for event in pulled.events]),
        pulled.position,
        pulled.subscription.replay,
        b"null" if lease is None else msgspec.json.encode(lease.id),
        b"null" if lease is None else msgspec.json.encode(lease.until_ms),
        msgspec.json.encode(_links(f"{prefix}{subscription_path(client, name)}")),
    )


def _links(path: str) -> dict[str, dict[str, str]]:
    relations: Sequence[tuple[str, str]] = (("subscription", path), ("ack", f"{path}/ack"))
    return {relation: {"href": href} for relation, href in relations}
