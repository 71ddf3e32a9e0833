"""What is pulled, and how a batch of it looks over HTTP, at either entrance."""

import random
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass

import msgspec

from bus.api.ownership import in_log
from bus.bootstrap import Bus, ServedLog
from bus.errors import BadQuery, LeaseLapsed, NotFound
from bus.model.paths import subscription_path
from bus.streams.pull_wait import PullQuery, Tried
from bus.subscriptions.validation import check_subscription_name


@dataclass(frozen=True, slots=True)
class Place:
    """What is pulled, and in which logs: a batch is of one of them."""

    client: str
    name: str
    subscription_id: int
    served: Mapping[str, ServedLog]

    def pull(self, query: PullQuery) -> list[Tried]:
        """What was pulled, log by log until there was a batch: the last, or nothing. None of them
        comes first always. Blocks. Raises BusError."""
        tried: list[Tried] = []
        for log in random.sample(list(self.served), len(self.served)):
            at = self.served[log]
            pulled = at.puller.pull(self.subscription_id, query.limit, query.lease_ms)
            tried.append(Tried(log, at.follower, pulled))
            if pulled.lease is not None:
                break
        return tried

    def acknowledge(self, lease: str, failed: Collection[str]) -> int:
        """As `Puller.acknowledge`, in the log whose lease it is."""
        *others, last = [at.puller for at in self.served.values()]
        for puller in others:
            with suppress(LeaseLapsed):
                return puller.acknowledge(self.subscription_id, lease, failed)
        return last.acknowledge(self.subscription_id, lease, failed)

    def acknowledge_upto(self, position: int, failed: Collection[str]) -> int:
        """As `Puller.acknowledge_upto`. Raises BadQuery where a position is one of several logs."""
        if len(self.served) > 1:
            raise BadQuery("a position is one of a log: acknowledge where the batch says, or lease")
        (at,) = self.served.values()
        return at.puller.acknowledge_upto(self.subscription_id, position, failed)

    def reading(self) -> AbstractContextManager[object]:
        """Something follows each log meanwhile. Blocks."""
        with ExitStack() as stack:
            for at in self.served.values():
                stack.enter_context(at.follower.reading())
            return stack.pop_all()


def pulled_place(bus: Bus, token: str | None, client: str, name: str) -> Place:
    """The subscription whose owner, or the root key, this is: in every log, or in that of
    `NAME@LOG`. Raises BusError."""
    bus.auth.owner(token, client)
    client_id, (whole, log) = bus.storage.clients.id_of(client), in_log(name)
    found = bus.storage.subscriptions.find(client_id, check_subscription_name(whole))
    if log is None:
        return Place(client, whole, found, bus.served)
    if log not in bus.served:
        raise NotFound(f"there is no log {log}")
    return Place(client, whole, found, {log: bus.served[log]})


def pulled_body(bus: Bus, place: Place, tried: Tried, prefix: str) -> bytes:
    """A batch as HAL; the events are written as they are stored. Where there are several logs it
    says of which it is, and is acknowledged there."""
    pulled, log = tried.pulled, bus.logs.told_name(tried.log)
    lease = pulled.lease
    document = (
        b'{"events":[%b],"position":%d,"replay":%d,"lease":%b,"leased_until_ms":%b%b,"_links":%b}'
    )
    path = f"{prefix}{subscription_path(place.client, place.name, log)}"
    return document % (
        b",".join([event.body for event in pulled.events]),
        pulled.position,
        pulled.subscription.replay,
        b"null" if lease is None else msgspec.json.encode(lease.id),
        b"null" if lease is None else msgspec.json.encode(lease.until_ms),
        b"" if log is None else b',"log":"%b"' % log.encode(),
        msgspec.json.encode(_links(path)),
    )


def _links(path: str) -> dict[str, dict[str, str]]:
    relations: Sequence[tuple[str, str]] = (("subscription", path), ("ack", f"{path}/ack"))
    return {relation: {"href": href} for relation, href in relations}
