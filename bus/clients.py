"""`python -m bus.clients add`: give clients the tokens that a secret store made."""

import sys

import click
from service_kit.clock import now_ms

from bus.access import check_client_name, check_token, digest
from bus.errors import BadClient
from bus.opening import config_or_exit, open_or_exit


@click.group()
def main() -> None:
    """The clients of the bus."""


@main.command()
def add() -> None:
    """Let each client use its token: lines of NAME TOKEN on standard input.

    All or none are taken. May be repeated. Other tokens of the same client stay valid.
    """
    try:
        pairs = [_pair(line) for line in sys.stdin if line.strip()]
        storage = open_or_exit(config_or_exit(), now_ms)
        storage.clients.add_tokens((name, digest(token)) for name, token in pairs)
    except BadClient as error:
        raise click.ClickException(str(error)) from None
    storage.close()


def _pair(line: str) -> tuple[str, str]:
    name, _, token = line.strip().partition(" ")
    return check_client_name(name), check_token(token)


if __name__ == "__main__":
    main()
