"""`bus dead-letters` and `bus redrive`: what was given up, and trying it again."""

import click
from service_kit.clock import now_ms

from bus_client.cli.connection import Connection, pass_connection
from bus_client.cli.listed import ListedByName
from bus_client.cli.output import Column, json_option, print_facts, print_json, print_rows
from bus_client.cli.words import answer_in_words, count, since

_COLUMNS = (
    Column("id", lambda one: str(one.id)),
    Column("topic", lambda one: one.event.get("topic")),
    Column("type", lambda one: one.event.get("type")),
    Column("entity", lambda one: one.event.get("url")),
    Column("attempts", lambda one: one.attempts),
    Column("given up", lambda one: since(one.last_answer.at_ms, now_ms())),
    Column("answer", lambda one: answer_in_words(one.last_answer.status, one.last_answer.error)),
)


@click.group("dead-letters", cls=ListedByName)
def dead_letters() -> None:
    """Dead letters: events that were given up. `bus dead-letters NAME` lists them."""


@dead_letters.command("list")
@click.argument("name", default="default")
@json_option
@pass_connection
def list_dead_letters(connection: Connection, name: str, as_json: bool) -> None:
    """List what was given up, oldest first."""
    own = connection.subscriptions
    rows = own.dead_letters(own.get(name))
    print_rows(rows, _COLUMNS, as_json=as_json, empty="there is no dead letter")


@dead_letters.command()
@click.argument("name")
@click.argument("id", type=int)
@json_option
@pass_connection
def show(connection: Connection, name: str, id: int, as_json: bool) -> None:
    """Show one with the beginning of the last answer."""
    own = connection.subscriptions
    found = own.find_dead_letter(own.get(name), id)
    if found is None:
        raise click.ClickException(f"{name} has no dead letter {id}: `bus dead-letters {name}`")
    if as_json:
        print_json(found)
        return
    facts = {column.title: column.show(found) for column in _COLUMNS}
    print_facts(facts | {"answered": found.answer_body or None})


@click.command()
@click.argument("name")
@click.argument("ids", type=int, nargs=-1)
@click.option("--all", "every", is_flag=True, help="All of them.")
@json_option
@pass_connection
def redrive(
    connection: Connection, name: str, ids: tuple[int, ...], every: bool, as_json: bool
) -> None:
    """Have dead letters of the subscription NAME tried again, at once: those of IDS, or --all.

    One that a later event of its entity covers is dropped instead.
    """
    if bool(ids) == every:
        raise click.UsageError("give IDS (`bus dead-letters` shows them), or --all")
    own = connection.subscriptions
    found = own.get(name)
    if not found.dead_letters:
        raise click.ClickException(f"{name} has no dead letter")
    done = own.redrive(found, None if every else ids)
    if as_json:
        print_json(done)
        return
    click.echo(
        f"{count(done.redriven, 'letter')} on the way again, {done.covered:,} covered by later"
        f" events; `bus attempts {name}` shows what comes of it"
    )
