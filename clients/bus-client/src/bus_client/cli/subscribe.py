"""`bus subscribe` and `bus unsubscribe`: have events, or none any more."""

import sys
from typing import Any

import click

from bus_client.cli.connection import Connection, pass_connection
from bus_client.cli.output import json_option, print_json
from bus_client.cli.settings import given, settings_options
from bus_client.cli.starts import HOW_TO_SAY, PLACE
from bus_client.cli.words import count
from bus_client.entities import Start, Subscription

_ROUTEMASTERS = "default"


@click.command()
@click.argument("name", default=_ROUTEMASTERS)
@click.option(
    "--topic",
    "topics",
    multiple=True,
    required=True,
    help="bids, bids.create (one type of it) or * (all); may be repeated.",
)
@click.option("--callback", help="Where batches are POSTed.")
@click.option("--uuid", help="The Basic user name of deliveries.")
@click.option("--pull", is_flag=True, help="Have nothing pushed: somebody asks for the events.")
@click.option("--secret", help="Signs deliveries: whsec_ and base64 [default: a new one].")
@click.option("--from", "start", type=PLACE, default="now", help=f"For a new one: {HOW_TO_SAY}.")
@settings_options
@json_option
@pass_connection
def subscribe(
    connection: Connection,
    /,
    *,
    name: str,
    topics: tuple[str, ...],
    callback: str | None,
    uuid: str | None,
    pull: bool,
    secret: str | None,
    start: Start,
    as_json: bool,
    **settings: Any,
) -> None:
    """Have events pushed to a callback, or kept for who pulls, as the subscription NAME.

    Replaces the subscription of this name, which keeps its place and its secret; what isn't
    given is as by default.
    """
    wanted = (callback is None and uuid is None) if pull else (callback and uuid)
    if not wanted:
        raise click.UsageError("give --callback and --uuid, or --pull")
    made = connection.subscriptions.put(
        name,
        topics=topics,
        callback=callback,
        uuid=uuid,
        secret=secret,
        start=start,
        **given(settings),
    )
    _tell(made, secret, as_json=as_json)


@click.command()
@click.argument("name", default=_ROUTEMASTERS)
@click.option("--yes", is_flag=True, help="Don't ask.")
@pass_connection
def unsubscribe(connection: Connection, name: str, yes: bool) -> None:
    """End the subscription NAME, with what waits, is parked or dead in it."""
    remove(connection, name, sure=yes)


def remove(connection: Connection, name: str, *, sure: bool) -> None:
    """End a subscription; asks first where a person is there to answer."""
    own = connection.subscriptions
    found = own.get(name)
    lost = f"{count(found.waiting + found.parked, 'event')} not delivered yet"
    if not sure and sys.stdin.isatty():
        click.confirm(f"end {name}, with {lost}?", abort=True, err=True)
    own.delete(found)
    click.echo(f"{name} is gone, with {lost}")


def _tell(made: Subscription, secret: str | None, *, as_json: bool) -> None:
    if as_json:
        print_json(made)
        return
    if made.secret is not None and secret is None:
        click.echo(made.secret)
        click.echo("that signs the deliveries, and is shown this once", err=True)
    wanted = ", ".join(made.topics)
    if made.callback is None:
        next_step = f"`bus listen --subscription {made.name} --forward URL` pulls it"
        click.echo(f"{made.name} keeps {wanted} for who asks; {next_step}", err=True)
    else:
        next_step = f"`bus subscriptions test {made.name}` tries it"
        click.echo(f"{made.name} gets {wanted} at {made.callback}; {next_step}", err=True)
