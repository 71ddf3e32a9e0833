"""`bus parked`: entities that one subscriber could not take, and that wait apart."""

import click
from service_kit.clock import now_ms

from bus_client.cli.connection import Connection, pass_connection
from bus_client.cli.listed import ListedByName
from bus_client.cli.output import Column, json_option, print_rows
from bus_client.cli.words import answer_in_words, since

_COLUMNS = (
    Column("entity", lambda one: one.url),
    Column("events", lambda one: one.events),
    Column("failures", lambda one: one.failures),
    Column("next try", lambda one: since(one.retry_at_ms, now_ms())),
    Column("answer", lambda one: answer_in_words(one.last_answer.status, one.last_answer.error)),
)


@click.group(cls=ListedByName)
def parked() -> None:
    """Parked entities: they failed while others passed. `bus parked NAME` lists them."""


@parked.command()
@click.argument("name")
@click.argument("urls", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All of them.")
@pass_connection
def retry(connection: Connection, name: str, urls: tuple[str, ...], every: bool) -> None:
    """Have parked entities of the subscription NAME tried now: those of URLS, or --all."""
    if bool(urls) == every:
        raise click.UsageError("give URLS (`bus parked` shows them), or --all")
    own = connection.subscriptions
    found = own.get(name)
    if not found.parked:
        raise click.ClickException(f"{name} has nothing parked")
    retried = own.retry_parked(found, None if every else urls)
    entities = "1 entity is" if retried == 1 else f"{retried:,} entities are"
    click.echo(f"{entities} tried now; `bus attempts {name}` shows what comes of it")


@parked.command("list")
@click.argument("name", default="default")
@json_option
@pass_connection
def list_parked(connection: Connection, name: str, as_json: bool) -> None:
    """List what waits apart, by URL."""
    own = connection.subscriptions
    rows = own.parked(own.get(name))
    print_rows(rows, _COLUMNS, as_json=as_json, empty="nothing is parked")
