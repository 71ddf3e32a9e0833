"""`bus audit`: who did what."""

import json

import click
from service_kit.clock import now_ms

from bus_client.cli.connection import Connection, pass_connection
from bus_client.cli.output import Column, json_option, print_rows
from bus_client.cli.starts import TIME
from bus_client.cli.words import since as since_when

_COLUMNS = (
    Column("when", lambda row: since_when(row.get("at_ms"), now_ms())),
    Column("client", lambda row: row.get("client")),
    Column("by", lambda row: row.get("by")),
    Column("did", lambda row: row.get("act")),
    Column("on", lambda row: row.get("on")),
    Column("details", lambda row: json.dumps(row.get("details"))),
)


@click.command()
@click.option("--of", "client", help="What this client did, or what was done to its own.")
@click.option("--act", help="Only this, such as subscription.pause.")
@click.option("--since", type=TIME, help="A time (2026-11-30T06:00Z) or an age (2h).")
@json_option
@pass_connection
def audit(
    connection: Connection, client: str | None, act: str | None, since: int | None, as_json: bool
) -> None:
    """List who did what, newest first: by you or to what is yours, all for the root key."""
    rows = connection.bus.audit(client=client, act=act, since_ms=since)
    print_rows(rows, _COLUMNS, as_json=as_json, empty="nobody did anything of the kind")
