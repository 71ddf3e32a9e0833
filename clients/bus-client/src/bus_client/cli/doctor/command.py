"""The verb: look at one thing after the other, as far as it goes."""

from collections.abc import Iterator
from dataclasses import replace

import click

from bus_client.cli.connection import Connection, pass_connection
from bus_client.cli.delivery_test import outcome_of_test
from bus_client.cli.doctor.bus_checks import look_at_bus, look_at_token, look_for
from bus_client.cli.doctor.subscription_checks import look_at_secret, look_at_test
from bus_client.cli.output import json_option, print_json
from bus_client.cli.words import printable
from bus_client.entities import Finding, Subscription
from bus_client.subscriptions import Subscriptions

_MARKS = {"ok": "ok  ", "look": "look", "bad": "BAD "}
_COMMANDS = {
    "edit": "bus subscriptions edit",
    "resume": "bus subscriptions resume",
    "secret": "bus subscriptions rotate",
    "attempts": "bus attempts",
    "parked": "bus parked",
    "dead-letters": "bus dead-letters",
}
"""The verb that does what a link of a subscription does."""


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

    Looks at the bus, its clock and the token, asks the bus what it knows of the subscription
    (state, answers, lag, what was left aside, topics, callback), and sends a test event. Exit
    status 1 for anything that keeps events away.
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
    own = connection.subscriptions
    found = own.all()
    yield from look_for(found, name)
    for one in found:
        if name in (None, one.name):
            yield from _of_subscription(own, one, secret, test=test)


def _of_subscription(
    own: Subscriptions, one: Subscription, secret: str | None, *, test: bool
) -> Iterator[Finding]:
    yield Finding("subscription", "ok", f"{one.name} of {one.client}")
    for finding in _of_its_own(own, one, secret, test=test):
        yield _with_command(finding, one.name)


def _of_its_own(
    own: Subscriptions, one: Subscription, secret: str | None, *, test: bool
) -> Iterator[Finding]:
    yield from own.diagnosis(one)
    last = next(own.attempts(one), None)
    if test and one.can("test"):
        last = outcome_of_test(own, one)
        yield from look_at_test(last)
    yield from look_at_secret(secret, last)


def _with_command(finding: Finding, name: str) -> Finding:
    """With the verb that does, in a shell, what the finding's link does."""
    command = _COMMANDS.get(finding.relation or "")
    if not (finding.do and command):
        return finding
    return replace(finding, do=f"{finding.do} `{command} {name}`")


def _tell(finding: Finding) -> None:
    click.echo(f"{_MARKS[finding.level]}  {finding.about:<12}  {printable(finding.said)}")
    if finding.do is not None:
        click.echo(f"      {'':<12}  -> {printable(finding.do)}")
