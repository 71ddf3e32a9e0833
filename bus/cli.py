"""`gavel-bus`, or `python -m bus.cli`: run the bus, and what is done to its store from a shell."""

import json
import sys
from contextlib import closing
from typing import Any

import click
from service_kit.config import exit_with
from service_kit.errors import StoreUnavailable
from service_kit.migrate import migrate_or_exit
from service_kit.private import keep_files_private
from service_kit.tokens import digest

from bus.auth import check_client_name, check_scopes, check_token
from bus.bootstrap import build, config_or_exit, open_or_exit
from bus.errors import BadClient, BusError
from bus.model.audit import SHELL, Act
from bus.model.log_name import MAIN
from bus.model.subscription import Subscription
from bus.model.token_scope import USUAL_SCOPES
from bus.model.topic import check_topic
from bus.serve import serve
from bus.storage import is_made
from bus.subscriptions.topology import check_topology, declare


class _OneLineErrors(click.Group):
    """Says what is wrong in one line on stderr, with exit status 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (BusError, StoreUnavailable) as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=_OneLineErrors)
def main() -> None:
    """What who runs the bus does from a shell."""


main.add_command(serve)


@main.command()
def migrate() -> None:
    """Bring the tables up to date, before processes of this version run. May be repeated."""
    keep_files_private()
    for url in config_or_exit().database_urls:
        migrate_or_exit("bus", url)


@main.command()
@click.option("--log", "name", metavar="LOG", default=MAIN, show_default=True, help="Which one.")
def restored(name: str) -> None:
    """Say that the store of a log was put back from a copy, before the bus runs again.

    The log goes on under another identity, so that no id is given twice, and each subscriber gets
    one `resync` for what it may have been sent since the copy was made.
    """
    act = Act(SHELL, "log.restored", "/")
    with closing(open_or_exit(config_or_exit())) as logs:
        storage = logs.store(name)
        with storage.audit.acting(act):
            position = storage.epochs.begin()
    click.echo(f"The log begins anew after position {position:,}; each subscription is told.")


@main.command("declare")
def declare_topologies() -> None:
    """Claim topics and subscribe, for clients that do not run yet.

    On standard input a JSON object a line: {"token": …, "publishes": [TOPIC…], "about": {TOPIC:
    {…}}, "subscriptions": {NAME: {…}}, "seeds": {NAME: {…}}}, each topic and subscription as it is
    PUT; a seed, which may be "paused", is made for a client that has none. May be repeated.
    """
    lines = [_json(line) for line in sys.stdin if line.strip()]
    if not lines:  # whatever was to write them has failed
        raise BadClient("there is no topology on standard input")
    config = config_or_exit()
    bus = build(config, logs=open_or_exit(config))
    with closing(bus.logs) as logs:
        some = [check_topology(line, bus.trusted_hosts) for line in lines]
        with logs.home.audit.acting(Act(SHELL, "topology.declare", "/")):
            declare(logs, bus.auth, some, bus.now_ms())


def _json(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise BadClient("a line is not JSON") from None


@main.command()
@click.option("--except", "passed_over", metavar="CLIENT", help="Ask nothing of this client's.")
def drained(passed_over: str | None) -> None:
    """Ask, before the bus is done without, whether all subscribers have had all events.

    Exits with 2 and a line for each that has not. A store that was never made has no events.
    """
    config = config_or_exit()
    if not is_made(config.database_url):
        return
    with closing(open_or_exit(config)) as logs:
        counted = [
            (one.subscription, store.overviews.count_waiting(one))
            for _, store in logs
            for one in store.overviews.every()
            if (one.lag.events or one.parked) and one.subscription.client != passed_over
        ]
    lines = tuple(_behind(subscription, count) for subscription, count in counted if count)
    if lines:
        exit_with(lines)


def _behind(subscription: Subscription, count: int) -> str:
    return (
        f"{count} events wait for {subscription.client}'s subscription {subscription.name!r}: run"
        " the bus, its pusher and the subscriber until there are none (`bus subscriptions` shows"
        " how many wait), or delete it"
    )


@main.group()
def topics() -> None:
    """The topics of the bus."""


@topics.command()
@click.argument("topic")
@click.argument("client")
def give(topic: str, client: str) -> None:
    """Make CLIENT the publisher of TOPIC, whoever was it before; its events stay."""
    with closing(open_or_exit(config_or_exit())) as logs:
        storage = logs.home
        owner = storage.clients.id_of(client)
        with storage.audit.acting(Act(SHELL, "topic.give", f"/topics/{topic}", client)):
            storage.topics.give(check_topic(topic), owner)


@main.group()
def clients() -> None:
    """The clients of the bus."""


@clients.command()
def add() -> None:
    """Let each client use its token: lines of NAME TOKEN [SCOPE,SCOPE…] on standard input.

    The scopes are publish, publish:TOPIC, subscribe, monitor, monitor:all and admin; without any it
    is publish,subscribe,monitor. All or none are taken. May be repeated. Other tokens of the same
    client stay valid.
    """
    some = [_read(line) for line in sys.stdin if line.strip()]
    with closing(open_or_exit(config_or_exit())) as logs:
        storage = logs.home
        names = sorted({name for name, _, _ in some})
        act = Act(SHELL, "token.create", "/api_tokens", details={"clients": names[:20]})
        with storage.audit.acting(act):
            storage.clients.add_tokens(some)


def _read(line: str) -> tuple[str, str, frozenset[str]]:
    name, _, rest = line.strip().partition(" ")
    token, _, words = rest.partition(" ")
    scopes = check_scopes(words.split(",")) if words else USUAL_SCOPES
    return check_client_name(name), digest(check_token(token)), scopes


if __name__ == "__main__":
    main()
