"""Whatever goes wrong is one line on stderr, and the exit status says whose turn it is."""

import sys
from typing import Any

import click

from bus_client.cli.connection import Connection
from bus_client.cli.words import printable
from bus_client.errors import (
    BadConnection,
    BusError,
    BusRefused,
    NobodyReceives,
    NoClientNamed,
    NothingToRun,
)

_WRONG_USAGE = (BadConnection, NothingToRun, NobodyReceives)


class OneLineErrors(click.Group):
    """Exit status 1: the bus said no or gave no answer; 2: wrong usage or settings."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Run the command; ends with SystemExit."""
        try:
            status = super().main(*args, **(options | {"standalone_mode": False}))
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(2)
        except click.ClickException as error:
            _say(_said(error))
            sys.exit(error.exit_code)
        except click.Abort:
            _say("stopped")
            sys.exit(1)
        sys.exit(status if isinstance(status, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        """Call the verb; a BusError becomes what click shows."""
        try:
            return super().invoke(ctx)
        except BusError as error:
            raised = click.UsageError if isinstance(error, _WRONG_USAGE) else click.ClickException
            raise raised(explained(error, ctx.obj)) from error


def explained(error: BusError, connection: Connection) -> str:
    """What went wrong, and where the token is at fault, which one is needed."""
    if isinstance(error, NoClientNamed):
        return f"{error} with --client, or give that client's token"
    if not isinstance(error, BusRefused):
        return str(error)
    if error.status == 401:
        return _unknown_token(connection)
    if not error.problem:
        return f"{connection.url} answered {error.status} without a reason: is it a bus?"
    said = f"{error.problem.get('title', '')}: {error.problem.get('detail', '')}"
    return f"{said.strip(' :')} ({error.status})"


def _unknown_token(connection: Connection) -> str:
    try:
        is_operator = connection.bus.entry.is_operator
    except BusError:
        return "the bus doesn't know this token: was it revoked, or is it another bus's?"
    if is_operator:
        return (
            "that is the root key, where a client's token belongs:"
            " `bus tokens create NAME` makes one"
        )
    return "that is a client's token, and this takes the root key"


def _said(error: click.ClickException) -> str:
    message = error.format_message()
    context = getattr(error, "ctx", None)
    hint = f" ({context.command_path} --help)" if context is not None and _is_usage(error) else ""
    return message + hint


def _is_usage(error: click.ClickException) -> bool:
    return isinstance(error, click.UsageError) and error.ctx is not None and bool(error.ctx.parent)


def _say(message: str) -> None:
    click.echo(f"bus: {printable(' '.join(message.split()))}", err=True)
