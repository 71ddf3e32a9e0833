"""`bus attempts`: the last deliveries that were tried."""

import click
from service_kit.clock import now_ms

from bus_client.cli.connection import Connection, pass_connection
from bus_client.cli.listed import ListedByName
from bus_client.cli.output import Column, json_option, print_facts, print_json, print_rows
from bus_client.cli.words import answer_in_words, duration, printable, since
from bus_client.entities import Attempt, Json


def _positions(one: Attempt) -> str:
    if one.last_position == 0:
        return "a test event"
    return f"{one.first_position:,} to {one.last_position:,}"


_COLUMNS = (
    Column("id", lambda one: str(one.id)),
    Column("when", lambda one: since(one.at_ms, now_ms())),
    Column("answer", lambda one: answer_in_words(one.status, one.error)),
    Column("took", lambda one: duration(one.duration_ms)),
    Column("attempt", lambda one: one.attempt),
    Column("events", lambda one: one.events),
    Column("positions", _positions),
)


@click.group(cls=ListedByName)
def attempts() -> None:
    """Attempts: what was sent of late, and what was answered. `bus attempts NAME` lists them."""


@attempts.command("list")
@click.argument("name", default="default")
@json_option
@pass_connection
def list_attempts(connection: Connection, name: str, as_json: bool) -> None:
    """List the last deliveries of a subscription, newest first."""
    own = connection.subscriptions
    empty = f"nothing was sent of late: `bus doctor {name}` says why"
    print_rows(own.attempts(own.get(name)), _COLUMNS, as_json=as_json, empty=empty)


@attempts.command()
@click.argument("name")
@click.argument("id", type=int)
@json_option
@pass_connection
def show(connection: Connection, name: str, id: int, as_json: bool) -> None:
    """Show one with what was sent and what came back (credentials left out)."""
    own = connection.subscriptions
    found = own.find_attempt(own.get(name), id)
    if found is None:
        raise click.ClickException(f"{name} has no attempt {id} on record: `bus attempts {name}`")
    if as_json:
        print_json(found)
        return
    print_facts({column.title: column.show(found) for column in _COLUMNS})
    _print_message("sent", found.request)
    _print_message("answered", found.response)


def _print_message(title: str, message: Json | None) -> None:
    if message is None:
        return
    click.echo(f"\n{title}:")
    for part in ("head", "body"):
        for line in str(message.get(part) or "").splitlines():
            click.echo(f"  {printable(line)}")
