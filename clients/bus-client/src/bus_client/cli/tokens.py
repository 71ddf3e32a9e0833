"""`bus tokens`: who may talk to the bus; for the root key."""

import click
from service_kit.clock import now_ms

from bus_client.cli.connection import Connection, pass_connection
from bus_client.cli.listed import ListedByDefault
from bus_client.cli.output import Column, json_option, print_json, print_rows
from bus_client.cli.words import since

_COLUMNS = (
    Column("id", lambda row: row.get("id")),
    Column("client", lambda row: row.get("name")),
    Column("scopes", lambda row: ", ".join(row.get("scopes") or ())),
    Column("made", lambda row: since(row.get("created_at_ms"), now_ms())),
    Column("last used", lambda row: since(row.get("last_used_at_ms"), now_ms())),
)


@click.group(cls=ListedByDefault)
def tokens() -> None:
    """Tokens of clients, for the root key (or a token of scope admin)."""


@tokens.command("list")
@json_option
@pass_connection
def list_tokens(connection: Connection, as_json: bool) -> None:
    """List the tokens by their clients; none shows itself again."""
    empty = "no token yet: `bus tokens create NAME` makes one"
    print_rows(connection.bus.tokens.all(), _COLUMNS, as_json=as_json, empty=empty)


@tokens.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    help="publish, publish:TOPIC, subscribe, monitor, monitor:all or admin; may be repeated"
    " [default: publish, subscribe, monitor].",
)
@click.option("--chosen", help="A token of your own making, instead of a new one.")
@json_option
@pass_connection
def create(
    connection: Connection, name: str, scopes: tuple[str, ...], chosen: str | None, as_json: bool
) -> None:
    """Make a token for the client NAME; it is shown now and never again."""
    made = connection.bus.tokens.create(name, scopes=scopes or None, token=chosen)
    if as_json:
        print_json(made)
        return
    click.echo(made["token"])
    click.echo(f"that is {name}'s token, shown this once: keep it as BUS_TOKEN", err=True)


@tokens.command()
@click.argument("token")
@pass_connection
def revoke(connection: Connection, token: str) -> None:
    """Make TOKEN, named by its id or shown whole, good for nothing."""
    connection.bus.tokens.revoke(token)
    click.echo("revoked: it opens nothing any more (publishing: for 2 s at most)")
