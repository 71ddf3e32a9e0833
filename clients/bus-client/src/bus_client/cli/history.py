"""`bus history`: what was published and delivered over time."""

from datetime import datetime
from typing import get_args

import click

from bus_client.cli.connection import Connection, pass_connection
from bus_client.cli.output import Column, json_option, print_rows
from bus_client.cli.words import duration
from bus_client.entities import HistoryPoint, Span


def _at(one: HistoryPoint) -> str:
    return datetime.fromtimestamp(one.at_ms / 1000).astimezone().strftime("%d %b %H:%M")


_COLUMNS = (
    Column("from", _at),
    Column("published", lambda one: one.published),
    Column("delivered", lambda one: one.delivered),
    Column("failed", lambda one: one.failed),
    Column("worst lag", lambda one: None if one.lag is None else duration(one.lag)),
)


@click.command()
@click.argument("name", required=False)
@click.option("--span", type=click.Choice(get_args(Span)), default="hour", show_default=True)
@json_option
@pass_connection
def history(connection: Connection, name: str | None, span: Span, as_json: bool) -> None:
    """Print what happened in the last hour, day or week: of the subscription NAME, or of all.

    published and delivered count events, failed attempts; the lag is the age of the oldest event
    that waited.
    """
    one = None if name is None else connection.subscriptions.get(name)
    points = connection.bus.history(span, one)
    print_rows(points, _COLUMNS, as_json=as_json, empty="nothing happened")
