"""Deliveries that somebody asks for, and what came of them."""

import time
from collections.abc import Callable

import click

from bus_client.cli.output import print_json
from bus_client.cli.words import answer_in_words, duration
from bus_client.entities import Attempt, Subscription
from bus_client.subscriptions import Subscriptions

LONGEST_S = 30.0
"""An attempt ends within 20 s (docs/delivery.md D15); a lease may have to lapse before it."""
_LOOK_EVERY_S = 0.1


def outcome_of_test(own: Subscriptions, subscription: Subscription) -> Attempt | None:
    """Have a test event sent, and return its attempt; None when none was made in time. Blocks.

    A test event is in no log, so it has no position (D24).
    """
    return _outcome(
        own,
        subscription,
        lambda: own.test(subscription),
        lambda one: one.last_position == 0 and not one.resend,
    )


def outcome_of_resend(
    own: Subscriptions, subscription: Subscription, attempt: Attempt
) -> Attempt | None:
    """Have an attempt made again, and return the new one; None when none was made in time."""
    return _outcome(
        own,
        subscription,
        lambda: own.resend(attempt),
        lambda one: one.resend and one.last_position == attempt.last_position,
    )


def tell_outcome(attempt: Attempt | None, name: str, what: str, *, as_json: bool) -> None:
    """Print how it was answered. Raises click.ClickException unless it was taken."""
    if attempt is None:
        raise click.ClickException(f"no pusher sent {what} in time: is one running? (bus doctor)")
    if as_json:
        print_json(attempt)
    if not is_taken(attempt):
        answer = answer_in_words(attempt.status, attempt.error)
        raise click.ClickException(f"{name} did not take {what}: {answer} (bus doctor {name})")
    if not as_json:
        click.echo(f"{name} took {what}: {attempt.status} in {duration(attempt.duration_ms)}")


def is_taken(attempt: Attempt) -> bool:
    """Whether it was acknowledged."""
    return attempt.status is not None and 200 <= attempt.status < 300 and not attempt.error


def _outcome(
    own: Subscriptions,
    subscription: Subscription,
    ask: Callable[[], object],
    is_it: Callable[[Attempt], bool],
) -> Attempt | None:
    newest = next(own.attempts(subscription), None)
    known = 0 if newest is None else newest.id
    ask()
    ends_s = time.monotonic() + LONGEST_S
    while time.monotonic() < ends_s:
        for one in own.attempts(subscription):
            if one.id <= known:
                break
            if is_it(one):
                return one
        time.sleep(_LOOK_EVERY_S)
    return None
