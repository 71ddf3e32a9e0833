"""`python -m bus.cli clients add`: give clients the tokens that a secret store made."""

import sys

import click
from service_kit.tokens import digest

from bus.auth import check_client_name, check_scopes, check_token
from bus.bootstrap import config_or_exit, open_or_exit
from bus.errors import BadClient
from bus.model.token_scope import USUAL_SCOPES, TokenScope


@click.group()
def main() -> None:
    """What who runs the bus does from a shell."""


@main.group()
def clients() -> None:
    """The clients of the bus."""


@clients.command()
def add() -> None:
    """Let each client use its token: lines of NAME TOKEN [SCOPE,SCOPE…] on standard input.

    The scopes are publish, subscribe, monitor and admin; without any it is the first three. All
    or none are taken. May be repeated. Other tokens of the same client stay valid.
    """
    try:
        some = [_read(line) for line in sys.stdin if line.strip()]
        storage = open_or_exit(config_or_exit())
        storage.clients.add_tokens(some)
    except BadClient as error:
        raise click.ClickException(str(error)) from None
    storage.close()


def _read(line: str) -> tuple[str, str, frozenset[TokenScope]]:
    name, _, rest = line.strip().partition(" ")
    token, _, words = rest.partition(" ")
    scopes = check_scopes(words.split(",")) if words else USUAL_SCOPES
    return check_client_name(name), digest(check_token(token)), scopes


if __name__ == "__main__":
    main()
