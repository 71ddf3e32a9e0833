"""Where batches come from, one after the other; asking for the next says that one was taken."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click
from service_kit.backoff import backoff_s

from bus_client.cli.listen.place import Place
from bus_client.client import BusClient
from bus_client.entities import Json, PulledBatch, Subscription
from bus_client.errors import BusRefused, BusUnavailable, NotPossible
from bus_client.follow import After
from bus_client.subscriptions import Subscriptions

_WAIT_S = 20
_LEASE_MS = 60_000
_LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True)
class Handed:
    """Events in order, and how often they were wanted again."""

    events: Sequence[Json]
    replay: int = 0


def from_log(
    bus: BusClient,
    topics: Sequence[str],
    begin: After,
    most: int,
    place: Place,
    stopping: threading.Event,
) -> Iterator[Handed]:
    """The log's events from there on, until `stopping`; the place is moved. Raises
    click.UsageError where it can't be kept."""

    def save(after: str) -> None:
        try:
            place.save(after)
        except OSError as error:
            raise click.UsageError(f"--saved: the place can't be kept: {error}") from error

    for batch in bus.follow(topics, begin, limit=most, saved=save, stopping=stopping):
        if batch.resync is not None:
            lost = f"{batch.resync.first} to {batch.resync.last}"
            click.echo(f"positions {lost} are gone from the log", err=True)
        yield Handed(batch.events, place.replay)


def pulled(own: Subscriptions, name: str) -> Subscription:
    """A subscription that is pulled. Raises NotPossible for one that is pushed."""
    found = own.get(name)
    if not found.can("events"):
        raise NotPossible(f"{name} is pushed to {found.callback}: it can't be pulled")
    return found


def from_subscription(
    own: Subscriptions, subscription: Subscription, most: int, stopping: threading.Event
) -> Iterator[Handed]:
    """The events of a pulled subscription, until `stopping`; a batch is acknowledged when the
    next is asked for. Waits longer and longer while the bus is away."""
    failures = 0
    while not stopping.is_set():
        try:
            batch = own.pull(subscription, limit=most, wait_s=_WAIT_S, lease_ms=_LEASE_MS)
            failures = 0
        except BusUnavailable:
            failures += 1
            stopping.wait(backoff_s(failures, longest_s=_LONGEST_PAUSE_S))
            continue
        yield Handed(batch.events, batch.replay)
        if batch.lease is not None:
            _acknowledge(own, subscription, batch)


def _acknowledge(own: Subscriptions, subscription: Subscription, batch: PulledBatch) -> None:
    try:
        own.ack(subscription, batch)
    except BusUnavailable as error:
        click.echo(f"not acknowledged, so it comes again: {error}", err=True)
    except BusRefused as error:
        if error.status != 409:
            raise
        click.echo("the lease had lapsed, so it comes again", err=True)
