"""`bus`: publish and look around from a shell, and work for a bus that has a worker process."""

import json
import logging
import pkgutil
import signal
import sys
import threading

import click

from bus_client.bus import Bus
from bus_client.client import BusClient
from bus_client.errors import BadConnection, BusError, NobodyReceives, NothingToRun
from bus_client.event import EventType


class _OneLineErrors(click.Group):
    """Says what the bus said in one line on stderr, with exit status 1; 2 for bad settings."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BusError as error:
            click.echo(f"bus: {error}", err=True)
            sys.exit(2 if isinstance(error, BadConnection | NothingToRun | NobodyReceives) else 1)


@click.group(cls=_OneLineErrors)
@click.option("--url", envvar="BUS_URL", help="Where the bus is (BUS_URL).")
@click.option("--token", envvar="BUS_TOKEN", help="A client's token (BUS_TOKEN).")
@click.pass_context
def main(context: click.Context, url: str | None, token: str | None) -> None:
    """Publish thin events to a Gavel bus, and see who listens."""
    context.obj = (url, token)


def _client() -> BusClient:
    url, token = click.get_current_context().obj
    if not url or not token:
        raise click.UsageError("give --url and --token, or set BUS_URL and BUS_TOKEN")
    return BusClient(url, token)


@main.command()
@click.argument("topic")
@click.argument("type", type=click.Choice(["create", "update", "delete", "noop"]))
@click.argument("url")
def publish(topic: str, type: EventType, url: str) -> None:
    """Announce that the entity at URL was created, updated or deleted."""
    _client().publish(topic, [{"type": type, "url": url}])


@main.command()
@click.option("--topic", "topics", multiple=True, required=True, help="May be repeated.")
@click.option("--callback", required=True, help="Where batches are POSTed.")
@click.option("--uuid", required=True, help="The Basic user name of deliveries.")
@click.option("--secret", help="Signs deliveries: whsec_ and base64.")
def subscribe(topics: tuple[str, ...], callback: str, uuid: str, secret: str | None) -> None:
    """Have events pushed to a callback; replaces this client's subscription."""
    own = _client().subscriptions
    own.put("default", topics=topics, callback=callback, uuid=uuid, secret=secret)


@main.command()
def subscriptions() -> None:
    """List who listens to what, and how much waits, a JSON object a line."""
    for row in _client().subscribers():
        click.echo(json.dumps(row))


@main.command()
def topics() -> None:
    """List the topics, a JSON object a line."""
    for row in _client().topics():
        click.echo(json.dumps(row))


def _load(_context: click.Context, _parameter: click.Parameter, target: str) -> Bus:
    sys.path.insert(0, "")
    try:
        found = pkgutil.resolve_name(target if ":" in target else f"{target}:bus")
    except (ImportError, AttributeError, ValueError) as error:
        if isinstance(error, BadConnection):
            raise
        raise click.BadParameter(str(error)) from error
    made = found() if callable(found) else found
    if not isinstance(made, Bus):
        raise click.BadParameter(f"{target} is no bus, and makes none")
    return made


@main.command()
@click.argument("bus", metavar="MODULE:BUS", callback=_load)
def waiting(bus: Bus) -> None:
    """Say how many events MODULE's bus has that somebody has not taken; exit status 1 for some.

    Leave a bus for another only when there are none. An outbox may hold what it likes.
    """
    count = bus.waiting()
    click.echo(f"{count} waiting")
    sys.exit(1 if count else 0)


@main.command()
@click.argument("bus", metavar="MODULE:BUS", callback=_load)
@click.option("--workers", default=2, show_default=True, help="Deliveries at the same time.")
def work(bus: Bus, workers: int) -> None:
    """Do what MODULE's bus leaves to a process of its own, until SIGTERM or Ctrl-C.

    BUS is what `bus_client.connect` returned, or a function that returns it.
    """
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    if not logging.getLogger().handlers:
        logging.basicConfig(level=logging.INFO, format="%(message)s")
        logging.getLogger("huey").setLevel(logging.WARNING)
    bus.run(stopping, workers=workers)
