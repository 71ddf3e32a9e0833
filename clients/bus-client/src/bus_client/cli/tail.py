"""`bus tail`: events as they are published."""

from datetime import UTC, datetime
from typing import Any

import click

from bus_client.cli.connection import Connection, pass_connection
from bus_client.cli.output import json_option, print_json
from bus_client.cli.starts import AFTER
from bus_client.cli.words import printable
from bus_client.entities import Json
from bus_client.follow import After


@click.command()
@click.argument("topics", nargs=-1)
@click.option("--after", type=AFTER, default="now", help="now, beginning or a position.")
@click.option("--for", "count", type=click.IntRange(1), help="End after so many events.")
@json_option
@pass_connection
def tail(
    connection: Connection, topics: tuple[str, ...], after: After, count: int | None, as_json: bool
) -> None:
    """Print events as they are published, until Ctrl-C: of TOPICS (bids, bids.create), or all.

    Nothing is acknowledged by this: no subscription moves.
    """
    bus = connection.bus
    bus.entry.link("events")  # says at once what a follower would wait out
    left = count
    for batch in bus.follow(topics, after):
        if batch.resync is not None:
            lost = f"positions {batch.resync.first} to {batch.resync.last} are gone"
            click.echo(f"{lost}: look at everything that they may have told of", err=True)
        for event in batch.events[:left]:
            _print(event, as_json=as_json)
        left = None if left is None else left - len(batch.events)
        if left is not None and left <= 0:
            return


def _print(event: Json, *, as_json: bool) -> None:
    if as_json:
        print_json(event)
        return
    words = (event.get("position"), event.get("topic"), event.get("type"), event.get("url"))
    hint = event.get("data")
    shown = "  ".join(printable(word) for word in (_time(event.get("t")), *words))
    click.echo(shown if hint is None else f"{shown}  {printable(hint)}")


def _time(t_ms: Any) -> str:
    """The publisher's time, in UTC; what is no time is shown as it is."""
    try:
        return datetime.fromtimestamp(t_ms / 1000, UTC).isoformat(timespec="milliseconds")
    except (TypeError, ValueError, OverflowError):
        return str(t_ms)
