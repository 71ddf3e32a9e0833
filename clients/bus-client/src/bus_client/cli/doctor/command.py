"""The verb: look at one thing after the other, as far as it goes."""

from collections.abc import Iterator
from itertools import islice

import click
from service_kit.clock import now_ms

from bus_client.cli.connection import Connection, pass_connection
from bus_client.cli.delivery_test import outcome_of_test
from bus_client.cli.doctor.bus_checks import (
    look_at_bus,
    look_at_pushers,
    look_at_token,
    look_at_topics,
    look_for,
)
from bus_client.cli.doctor.finding import Finding
from bus_client.cli.doctor.subscription_checks import (
    look_at_attempts,
    look_at_back_off,
    look_at_callback,
    look_at_lag,
    look_at_left_behind,
    look_at_secret,
    look_at_state,
    look_at_test,
)
from bus_client.cli.output import json_option, print_json
from bus_client.cli.words import printable
from bus_client.entities import Subscription
from bus_client.subscriptions import Subscriptions

_MARKS = {"ok": "ok  ", "look": "look", "bad": "BAD "}
_ATTEMPTS = 3


@click.command()
@click.argument("name", required=False)
@click.option("--no-test", is_flag=True, help="Send no test event.")
@click.option("--secret", envvar="WEBHOOK_SECRET", help="The secret that the receiver has.")
@json_option
@pass_connection
def doctor(
    connection: Connection, name: str | None, no_test: bool, secret: str | None, as_json: bool
) -> None:
    """Say why a subscriber gets nothing, and what to do; of NAME, or of each subscription.

    Looks at the bus, its clock, the token, the subscription's topics, state, lag, back-off and
    callback, at the last attempts, and sends a test event. Exit status 1 for anything that keeps
    events away.
    """
    is_bad = False
    for finding in _examined(connection, name, secret, test=not no_test):
        is_bad |= finding.level == "bad"
        if as_json:
            print_json(finding)
        else:
            _tell(finding)
    if is_bad:
        click.get_current_context().exit(1)


def _examined(
    connection: Connection, name: str | None, secret: str | None, *, test: bool
) -> Iterator[Finding]:
    for step in (look_at_bus(connection), look_at_token(connection.bus)):
        for finding in step:
            yield finding
            if finding.level == "bad":  # without it the rest can't be looked at
                return
    yield from look_at_pushers(connection.bus)
    own = connection.subscriptions
    found = own.all()
    yield from look_for(found, name)
    for one in found:
        if name in (None, one.name):
            yield from _of_subscription(connection, own, one, secret, test=test)


def _of_subscription(
    connection: Connection, own: Subscriptions, one: Subscription, secret: str | None, *, test: bool
) -> Iterator[Finding]:
    now = now_ms()
    yield Finding("subscription", "ok", f"{one.name} of {one.client}")
    yield from look_at_topics(one, connection.bus)
    yield from look_at_state(one)
    yield from look_at_lag(one)
    yield from look_at_back_off(one, now)
    yield from look_at_callback(one)
    attempts = list(islice(own.attempts(one), _ATTEMPTS))
    yield from look_at_attempts(one, attempts, now)
    yield from look_at_left_behind(one)
    last = attempts[0] if attempts else None
    if test and one.can("test"):
        last = outcome_of_test(own, one)
        yield from look_at_test(one, last)
    yield from look_at_secret(secret, last)


def _tell(finding: Finding) -> None:
    click.echo(f"{_MARKS[finding.level]}  {finding.about:<12}  {printable(finding.said)}")
    if finding.do is not None:
        click.echo(f"      {'':<12}  -> {printable(finding.do)}")
