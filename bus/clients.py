"""`python -m bus.clients add NAME < token`: give a client the token that a secret store made."""

import sys

import click
from service_kit.clock import now_ms

from bus.access import check_client_name, check_token, digest
from bus.errors import BadClient
from bus.opening import open_bus


@click.group()
def main() -> None:
    """The clients of the bus."""


@main.command()
@click.argument("name")
def add(name: str) -> None:
    """Let the client NAME use the token on standard input.

    May be repeated. Other tokens of the same client stay valid.
    """
    try:
        checked, token = check_client_name(name), check_token(sys.stdin.readline().strip())
        _config, storage = open_bus(now_ms)
        storage.clients.add_token(checked, digest(token))
    except BadClient as error:
        raise click.ClickException(str(error)) from None
    storage.close()
    click.echo(f"client {checked} is ready")


if __name__ == "__main__":
    main()
