"""The command `bus` itself: its options, and the verbs that it has."""

import sys
from importlib.metadata import version

import click

from bus_client.cli.attempts import attempts
from bus_client.cli.audit import audit
from bus_client.cli.connection import Connection
from bus_client.cli.dead_letters import dead_letters, redrive
from bus_client.cli.doctor import doctor
from bus_client.cli.history import history
from bus_client.cli.listen import listen
from bus_client.cli.metrics import metrics
from bus_client.cli.one_line import OneLineErrors
from bus_client.cli.parked import parked
from bus_client.cli.publish import publish
from bus_client.cli.subscribe import subscribe, unsubscribe
from bus_client.cli.subscriptions import subscriptions
from bus_client.cli.tail import tail
from bus_client.cli.tokens import tokens
from bus_client.cli.topics import topics
from bus_client.cli.work import waiting, work


@click.group(cls=OneLineErrors)
@click.option("--url", envvar="BUS_URL", help="Where the bus is, such as https://bus.example.")
@click.option("--token", envvar="BUS_TOKEN", help="A client's token, or the root key.")
@click.option(
    "--profile",
    envvar="BUS_PROFILE",
    show_envvar=True,
    help="Which table of the file of profiles [default: default].",
)
@click.option("--client", help="With the root key: whose subscriptions are meant.")
@click.version_option(version("bus-client"), prog_name="bus")
@click.pass_context
def main(
    context: click.Context,
    url: str | None,
    token: str | None,
    profile: str | None,
    client: str | None,
) -> None:
    """Publish thin events to a Gavel bus, see who gets what, and mend it.

    Where the bus is and who you are comes from the options, else from BUS_URL and BUS_TOKEN, else
    from a profile in ~/.config/gavel/bus.toml. Exit status: 0 done, 1 the bus said no or gave no
    answer, 2 wrong usage.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # what the terminal can't show is no reason to fail
            stream.reconfigure(errors="backslashreplace")
    context.obj = context.with_resource(Connection(url, token, profile, client))


for verb in (
    publish,
    topics,
    subscribe,
    unsubscribe,
    subscriptions,
    attempts,
    parked,
    dead_letters,
    redrive,
    tokens,
    tail,
    listen,
    history,
    audit,
    metrics,
    doctor,
    work,
    waiting,
):
    main.add_command(verb)
