"""`bus attempts`: the last deliveries that were tried."""

from dataclasses import asdict

import click
from service_kit.clock import now_ms

from bus_client.cli.connection import Connection, pass_connection
from bus_client.cli.delivery_test import outcome_of_resend, tell_outcome
from bus_client.cli.listed import ListedByName
from bus_client.cli.output import Column, json_option, print_facts, print_json, print_rows
from bus_client.cli.starts import TIME
from bus_client.cli.words import answer_in_words, duration, printable
from bus_client.cli.words import since as since_when
from bus_client.entities import Attempt, Json, Subscription
from bus_client.subscriptions import Subscriptions


def _positions(one: Attempt) -> str:
    if one.last_position == 0:
        return "a test event"
    return f"{one.first_position:,} to {one.last_position:,}"


_COLUMNS = (
    Column("id", lambda one: str(one.id)),
    Column("when", lambda one: since_when(one.at_ms, now_ms())),
    Column("answer", lambda one: answer_in_words(one.status, one.error)),
    Column("took", lambda one: duration(one.duration_ms)),
    Column("attempt", lambda one: "resent" if one.resend else one.attempt),
    Column("events", lambda one: one.events),
    Column("positions", _positions),
)


@click.group(cls=ListedByName)
def attempts() -> None:
    """Attempts: what was sent of late, and what was answered. `bus attempts NAME` lists them."""


@attempts.command("list")
@click.argument("name", default="default")
@click.option("--status", help="2xx, 404 or the like; error: no answer, or none that can be taken.")
@click.option("--url", help="Only those that told of this entity.")
@click.option("--since", type=TIME, help="A time (2026-11-30T06:00Z) or an age (2h).")
@click.option("--until", type=TIME, help="A time or an age.")
@json_option
@pass_connection
def list_attempts(
    connection: Connection,
    /,
    *,
    name: str,
    status: str | None,
    url: str | None,
    since: int | None,
    until: int | None,
    as_json: bool,
) -> None:
    """List the last deliveries of a subscription, newest first."""
    own = connection.subscriptions
    empty = f"nothing of the kind was sent of late: `bus doctor {name}` says why"
    rows = own.attempts(own.get(name), status=status, url=url, since_ms=since, until_ms=until)
    print_rows(rows, _COLUMNS, as_json=as_json, empty=empty)


@attempts.command()
@click.argument("name")
@click.argument("id", type=int)
@json_option
@pass_connection
def show(connection: Connection, name: str, id: int, as_json: bool) -> None:
    """Show one with what was sent and what came back (credentials left out)."""
    own = connection.subscriptions
    found = _found(own, own.get(name), id)
    if as_json:
        print_json(found)
        return
    timings = {name: value and duration(value) for name, value in asdict(found.timings).items()}
    shown = {name.removesuffix("_ms").replace("_", " "): value for name, value in timings.items()}
    print_facts({column.title: column.show(found) for column in _COLUMNS} | shown)
    _print_message("sent", found.request)
    _print_message("answered", found.response)


@attempts.command()
@click.argument("name")
@click.argument("id", type=int)
@json_option
@pass_connection
def resend(connection: Connection, name: str, id: int, as_json: bool) -> None:
    """Send the events of one again, once, and wait for the answer; exit status 1 unless taken.

    With the present secret and in any state: mend the receiver, resend one, see it pass, resume.
    It counts neither for nor against the endpoint.
    """
    own = connection.subscriptions
    subscription = own.get(name)
    again = outcome_of_resend(own, subscription, _found(own, subscription, id))
    tell_outcome(again, name, f"attempt {id}", as_json=as_json)


def _found(own: Subscriptions, subscription: Subscription, id: int) -> Attempt:
    found = own.find_attempt(subscription, id)
    if found is None:
        name = subscription.name
        raise click.ClickException(f"{name} has no attempt {id} on record: `bus attempts {name}`")
    return found


def _print_message(title: str, message: Json | None) -> None:
    if message is None:
        return
    click.echo(f"\n{title}:")
    for part in ("head", "body"):
        for line in str(message.get(part) or "").splitlines():
            click.echo(f"  {printable(line)}")
