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


_FACTS = ("name", "publisher", "events", "events_per_s", "description")
_FORMS = {"event": "an event as it is delivered", "cloudevent": "as a CloudEvent"}
_FIELDS = (
    Column("field", lambda row: row.get("name") or "data"),
    Column("type", lambda row: row.get("type")),
    Column("needed", lambda row: "yes" if row.get("required") else "no"),
    Column("rules", lambda row: row.get("rules") or None),
    Column("about", lambda row: row.get("description")),
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
    """Show one: its publisher, its rate in the last hour, what it is about, what `data` holds, an
    event as it is delivered, and how to get them."""
    found = connection.bus.topic(topic)
    if as_json:
        print_json(found)
        return
    print_facts({name: found.get(name) for name in _FACTS})
    click.echo("\ndata:")
    if found.get("schema") is None:
        click.echo("no schema: any small object, or none")
    else:
        print_rows(found.get("fields") or (), _FIELDS, as_json=False, empty="any object")
    for form, words in _FORMS.items():
        click.echo(f"\n{words}:\n{json.dumps((found.get('examples') or {}).get(form), indent=2)}")
    click.echo(
        f"\nto get them:\nbus tail {topic}\nbus listen {topic} --forward http://localhost:3000\n"
        f"bus subscribe NAME --topic {topic} --callback https://… --uuid …"
    )


@topics.command()
@click.argument("topic", required=False)
@pass_connection
def asyncapi(connection: Connection, topic: str | None) -> None:
    """Print the AsyncAPI document of all topics, or of TOPIC."""
    click.echo(json.dumps(connection.bus.asyncapi(topic), indent=2))


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
