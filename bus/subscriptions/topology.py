"""What a client is to the bus: its topics and its subscriptions, declared before it runs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from bus.auth import Auth, check_may_publish
from bus.errors import Refused
from bus.model.client import Client
from bus.model.subscription import StartAt, StartPosition
from bus.model.topic import TopicAbout, TopicName, check_about
from bus.storage import Logs
from bus.subscriptions import every_log
from bus.subscriptions.validation import (
    Wanted,
    check_subscription_name,
    check_subscription_resource,
)
from bus.wire_rules import check, complaint

_MOST = 100


def _named(key: str) -> Meta:
    return complaint(f"{key} is not an object of subscriptions", max_length=_MOST)


class Document(msgspec.Struct, forbid_unknown_fields=True):
    """A topology in JSON: whose it is, by a token, and what was said over HTTP otherwise: a
    `PUT /topics/{topic}` for each of `publishes`, with what it is `about`, and a PUT of each
    subscription by its name.

    `seeds` are subscriptions too, from the beginning of the log, and `paused` if that is said.
    They are made for a client that has none, and left alone after."""

    token: Annotated[str, complaint("token is not a string")]
    publishes: Annotated[
        list[TopicName], complaint("publishes is not an array of topic names", max_length=_MOST)
    ] = []
    about: Annotated[
        dict[str, Any], complaint("about is not an object of topics", max_length=_MOST)
    ] = msgspec.field(default_factory=dict)
    subscriptions: Annotated[dict[str, Any], _named("subscriptions")] = msgspec.field(
        default_factory=dict
    )
    seeds: Annotated[dict[str, Any], _named("seeds")] = msgspec.field(default_factory=dict)


class Seed(NamedTuple):
    """A subscription that is made once, and is `paused` then or not."""

    wanted: Wanted
    paused: bool


@dataclass(frozen=True, slots=True)
class Topology:
    """The topics that a client publishes and what they are about, its subscriptions by name, and
    those that it begins with."""

    token: str = field(repr=False)
    publishes: Mapping[str, TopicAbout]
    subscriptions: Mapping[str, Wanted] = field(repr=False)
    seeds: Mapping[str, Seed] = field(default_factory=dict, repr=False)


def check_topology(value: Any, trusted_hosts: Collection[str]) -> Topology:
    """A Document, parsed from JSON. Raises Refused."""
    asked: Document = check(Document, value, Refused)
    if unknown := set(asked.about) - set(asked.publishes):
        raise Refused(f"about names {min(unknown)[:64]!r}, which is none of publishes")
    return Topology(
        asked.token,
        {topic: check_about(asked.about.get(topic, {})) for topic in asked.publishes},
        {
            check_subscription_name(name): check_subscription_resource(one, trusted_hosts)
            for name, one in asked.subscriptions.items()
        },
        {
            check_subscription_name(name): _seed(one, trusted_hosts)
            for name, one in asked.seeds.items()
        },
    )


def _seed(value: Any, trusted_hosts: Collection[str]) -> Seed:
    settings = dict(value) if isinstance(value, dict) else value
    paused = settings.pop("paused", False) if isinstance(settings, dict) else False
    if not isinstance(paused, bool):
        raise Refused("paused is neither true nor false")
    wanted = check_subscription_resource(settings, trusted_hosts)
    return Seed(wanted._replace(start=StartPosition(StartAt.BEGINNING)), paused)


def declare(logs: Logs, auth: Auth, some: Sequence[Topology], now_ms: int) -> None:
    """Claim everybody's topics, then subscribe everybody. May be repeated.

    Who does so before any of them publishes loses no event, in whatever order they start. Raises
    NotAuthenticated, NotAllowed, TopicTaken.
    """
    clients, storage = [_allowed(auth, one) for one in some], logs.home
    for client, one in zip(clients, some, strict=True):
        storage.topics.claim(tuple(one.publishes), client.id)
        for topic, said in one.publishes.items():
            logs.claim([topic], client.id, said)
    for client, one in zip(clients, some, strict=True):
        about = auth.about(one.token, client.name)
        for name, wanted in one.subscriptions.items():
            every_log.put(logs, client.id, name, wanted, now_ms, about=about)
        if one.seeds and not storage.overviews.of_client(client.name):
            _sow(logs, client, one.seeds, now_ms, about)


def _sow(
    logs: Logs, client: Client, seeds: Mapping[str, Seed], now_ms: int, about: str | None
) -> None:
    for name, (wanted, paused) in seeds.items():
        every_log.put(logs, client.id, name, wanted, now_ms, about=about)
        if paused:
            logs.home.subscriptions.pause(logs.home.subscriptions.find(client.id, name))


def _allowed(auth: Auth, topology: Topology) -> Client:
    """Whose it is, by its token's own scopes."""
    client = auth.client(topology.token)
    for topic in topology.publishes:
        check_may_publish(client, topic)
    if topology.subscriptions or topology.seeds:
        auth.subscriber(topology.token)
    return client
