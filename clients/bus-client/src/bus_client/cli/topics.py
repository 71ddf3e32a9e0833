"""`bus topics`: who publishes what."""

import click

from bus_client.cli.connection import Connection, pass_connection
from bus_client.cli.listed import ListedByDefault
from bus_client.cli.output import Column, json_option, print_rows

_COLUMNS = (
    Column("topic", lambda row: row.get("name")),
    Column("publisher", lambda row: row.get("publisher")),
    Column("events", lambda row: row.get("events")),
)


@click.group(cls=ListedByDefault)
def topics() -> None:
    """Topics: who publishes what, how much of it there ever was."""


@topics.command("list")
@json_option
@pass_connection
def list_topics(connection: Connection, as_json: bool) -> None:
    """List the topics; events of others' topics in whole thousands."""
    empty = "no topic yet: `bus publish TOPIC create URL` makes one"
    print_rows(connection.bus.topics(), _COLUMNS, as_json=as_json, empty=empty)


@topics.command()
@click.argument("topic")
@pass_connection
def claim(connection: Connection, topic: str) -> None:
    """Own TOPIC before anything is published to it."""
    connection.bus.claim(topic)
    click.echo(f"{topic} is yours: nobody else can publish to it")


@topics.command()
@click.argument("topic")
@pass_connection
def delete(connection: Connection, topic: str) -> None:
    """Let go of TOPIC: what was published is still delivered, and anybody may claim it."""
    connection.bus.delete_topic(topic)
    click.echo(f"{topic} is free: whoever publishes to it next owns it")
