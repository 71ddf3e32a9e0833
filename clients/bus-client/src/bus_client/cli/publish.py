"""`bus publish`: announce what happened to entities."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any, cast, get_args

import click

from bus_client.cli.connection import Connection, pass_connection
from bus_client.cli.words import count
from bus_client.event import Event, EventType

_AT_ONCE = 1_000


@click.command()
@click.argument("topic")
@click.argument("type", type=click.Choice(get_args(EventType)), required=False)
@click.argument("url", required=False)
@click.option("--timestamp", type=int, help="When it changed, in ms since the epoch.")
@click.option("--data", help="A hint: a JSON object of at most 64 bytes.")
@click.option("--key", help="An idempotency key: the same events are stored once a day.")
@click.option(
    "--from",
    "file",
    type=click.File(encoding="utf-8"),
    help="A file of events, a JSON object a line, or an array; - is stdin.",
)
@pass_connection
def publish(
    connection: Connection,
    /,
    *,
    topic: str,
    type: EventType | None,
    url: str | None,
    timestamp: int | None,
    data: str | None,
    key: str | None,
    file: IO[str] | None,
) -> None:
    """Announce that the entity at URL was created, updated or deleted.

    Returns once it is on the bus's disk. Repeating it is harmless: receivers fetch the entity.
    With --from the events come from a file, each with type and url, 1 000 a call.
    """
    if file is not None and (type, timestamp, data) != (None, None, None):
        raise click.UsageError("give TYPE and URL (--timestamp, --data), or --from FILE")
    events = _events(file) if file is not None else iter([_event(type, url, timestamp, data)])
    published = 0
    while some := list(islice(events, _AT_ONCE)):
        part = key and (f"{key}-{published // _AT_ONCE}" if published else key)
        connection.bus.publish(topic, some, idempotency_key=part)
        published += len(some)
    click.echo(
        f"published {count(published, 'event')} to {topic}; `bus subscriptions` shows who gets it"
    )


def _event(
    type: EventType | None, url: str | None, timestamp: int | None, data: str | None
) -> Event:
    if type is None or url is None:
        raise click.UsageError("TYPE and URL are missing (or --from FILE)")
    event = Event(type=type, url=url)
    if timestamp is not None:
        event["timestamp"] = timestamp
    if data is not None:
        event["data"] = _json(data, "--data")
    return event


def _events(file: IO[str]) -> Iterator[Event]:
    try:
        text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"--from: {error}") from error
    if text.lstrip().startswith("["):
        found = _json(text, "--from")
    else:
        lines = enumerate(text.splitlines(), start=1)
        found = [_json(line, f"--from, line {number}") for number, line in lines if line.strip()]
    if not found or not all(isinstance(one, dict) for one in found):
        raise click.UsageError("--from: 1 event or more is wanted, each a JSON object")
    return iter(cast("list[Event]", found))


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"{where} is not JSON: {error}") from error
