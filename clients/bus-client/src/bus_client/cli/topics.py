"""`bus topics`: who publishes what."""

import json
from typing import IO

import click

from bus_client.cli.connection import Connection, pass_connection
from bus_client.cli.listed import ListedByDefault
from bus_client.cli.output import Column, json_option, print_facts, print_json, print_rows
from bus_client.entities import Json

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
@json_option
@pass_connection
def show(connection: Connection, topic: str, as_json: bool) -> None:
    """Show one: its publisher, its rate in the last hour, what it is about."""
    found = connection.bus.topic(topic)
    if as_json:
        print_json(found)
        return
    schema = found.get("schema")
    print_facts(found | {"schema": schema and json.dumps(schema)})


@topics.command()
@click.argument("topic")
@click.option("--description", help="What it is about, for who might subscribe.")
@click.option(
    "--schema",
    type=click.File(encoding="utf-8"),
    help="A file with a JSON Schema of its events' data; - is stdin.",
)
@pass_connection
def claim(
    connection: Connection, topic: str, description: str | None, schema: IO[str] | None
) -> None:
    """Own TOPIC before anything is published to it, and say what it is about."""
    connection.bus.claim(
        topic, description=description, schema=None if schema is None else _schema(schema)
    )
    click.echo(f"{topic} is yours: nobody else can publish to it")


def _schema(file: IO[str]) -> Json:
    try:
        found: Json = json.load(file)
    except (OSError, ValueError, RecursionError) as error:
        raise click.UsageError(f"--schema is not JSON: {error}") from error
    return found


@topics.command()
@click.argument("topic")
@pass_connection
def delete(connection: Connection, topic: str) -> None:
    """Let go of TOPIC: what was published is still delivered, and anybody may claim it."""
    connection.bus.delete_topic(topic)
    click.echo(f"{topic} is free: whoever publishes to it next owns it")
