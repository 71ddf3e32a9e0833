"""Whatever goes wrong is one line on stderr, and the exit status says whose turn it is."""

import os
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
        _open_missing_streams()
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
        except OSError as error:
            _say(f"what it has to say can't be written: {error.strerror or error}")
            _give_up_output()
            sys.exit(1)
        sys.exit(status if isinstance(status, int) else 0)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments. What is no text goes into no call: only a file may be named so."""
        for one in args:
            if not _is_text(one) and not os.path.lexists(one):
                raise click.UsageError(f"{one!r} is no text in UTF-8")
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Call the verb; a BusError becomes what click shows."""
        try:
            return super().invoke(ctx)
        except BusError as error:
            raised = click.UsageError if isinstance(error, _WRONG_USAGE) else click.ClickException
            raise raised(explained(error, ctx.obj)) from error


def _open_missing_streams() -> None:
    """Who was started with one closed (`bus topics >&-`) has None there, and the next socket or
    file would take its number and be written to."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - as long as the process


def _give_up_output() -> None:
    """Have what is left in the buffer go nowhere, or Python complains of it as it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def _is_text(argument: str) -> bool:
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


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
