"""Which subscription a call is about, and whether the caller may."""

from dataclasses import dataclass, replace

from flask import request
from service_kit.access import shown_token

from bus.bootstrap import Bus
from bus.errors import NotFound, OtherMode
from bus.model.paths import subscription_path
from bus.model.topic import SYSTEM_TOPIC
from bus.storage import Storage
from bus.subscriptions.validation import check_subscription_name


@dataclass(frozen=True, slots=True)
class Owned:
    """A subscription of the client in the path; with `log` as it stands in that one. `store` is
    where it stands so: of the whole, at home."""

    client: str
    client_id: int
    name: str
    id: int
    store: Storage
    log: str | None = None

    @property
    def path(self) -> str:
        """Where it is found."""
        return subscription_path(self.client, self.name, self.log)


def owner_id(bus: Bus, client: str) -> int:
    """The id of the client in the path. Raises unless the caller is it, or has the root key."""
    bus.auth.owner(shown_token(request), client, looks=request.method == "GET")
    return bus.storage.clients.id_of(client)


def owned(bus: Bus, client: str, name: str) -> Owned:
    """The whole subscription in the path. Raises as `owner_id`, or NotFound."""
    client_id = owner_id(bus, client)
    found = bus.storage.subscriptions.find(client_id, check_subscription_name(name))
    return Owned(client, client_id, name, found, bus.storage)


def owned_in_log(bus: Bus, client: str, name: str) -> Owned:
    """The same, or with `NAME@LOG` as it stands in one log. Raises as `owned`."""
    whole, log = in_log(name)
    ours = owned(bus, client, whole)
    return ours if log is None else replace(ours, store=bus.logs.store(log), log=log)


def in_log(name: str) -> tuple[str, str | None]:
    """The name of a subscription and that of a log, in `NAME@LOG`; None: the whole is meant."""
    whole, at, log = name.partition("@")
    return whole, log if at else None


def may_change(bus: Bus, client: str) -> bool:
    """Whether the caller may change what is this client's: where not, no link leads to it."""
    return bus.auth.changes(shown_token(request))(client)


def told_about(bus: Bus, client: str, name: str) -> str | None:
    """Of whose subscriptions that one is told when the caller puts it (see Auth.about). Who is not
    its client changes nothing of that: it is the client who reads what is told."""
    token = shown_token(request)
    about = bus.auth.about(token, client)
    if about is not None or bus.auth.caller(token).client == client:
        return about
    try:
        before = bus.storage.overviews.one(client, name).subscription.filters
    except NotFound:
        return None
    was_told_all = any(one.topic == SYSTEM_TOPIC and one.about is None for one in before)
    return None if was_told_all else client


def owned_pushed(bus: Bus, client: str, name: str) -> Owned:
    """The same, of one that is pushed. Raises OtherMode too."""
    ours = owned(bus, client, name)
    if bus.storage.overviews.one(client, name).subscription.is_pulled:
        raise OtherMode("this subscription is pulled: nothing is sent or signed")
    return ours
