"""Rows as nouns, nouns as columns: each list of columns is written once."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bus.model.delivery import Cursor, EndpointHealth, LastAnswer, Parked
from bus.model.event import LogEvent
from bus.model.retry_policy import RetryPolicy
from bus.model.subscription import (
    Format,
    SigningSecrets,
    State,
    Subscription,
    SubscriptionRequest,
)
from bus.model.topic_filter import TopicFilter

Row = Mapping[Any, Any]

HEALTH_COLUMNS = (
    "failures",
    "failing_since_ms",
    "retry_at_ms",
    "tried_upto",
    "narrow",
    "skip_upto",
)
"""The fields of EndpointHealth, in their order, as `cursors` names them."""

DAMAGED = "damaged"
_MAX_ERROR_CHARACTERS = 255


def subscription(row: Row, filters: tuple[TopicFilter, ...]) -> Subscription:
    """A row of `subscriptions` with its cursor's, and the client's name as `client`. Where nobody
    can read what it is set to, it is disabled: it holds up no other."""
    try:
        return _subscription(row, filters)
    except ValueError:
        unset = {"format": Format.ROUTEMASTER, "state": State.DISABLED, "reason": DAMAGED}
        return _subscription({**row, **unset}, filters)


def _subscription(row: Row, filters: tuple[TopicFilter, ...]) -> Subscription:
    return Subscription(
        id=row["id"],
        client=row["client"],
        name=row["name"],
        callback=row["callback"],
        uuid=row["uuid"],
        filters=filters,
        secrets=signing_secrets(row["secret"], row["previous_secrets"]),
        timeout_ms=row["timeout_ms"],
        max_events=row["max_events"],
        concurrency=row["concurrency"],
        coalesce=row["coalesce"],
        format=Format(row["format"]),
        events_per_s=row["events_per_s"],
        retry=retry_policy(row["retry"]),
        state=State(row["state"]),
        reason=row["reason"],
        state_since_ms=row["state_since_ms"],
        replay=row["replay"],
    )


def request_columns(wanted: SubscriptionRequest) -> dict[str, Any]:
    """What was asked for, as columns of `subscriptions`."""
    is_default = wanted.retry == RetryPolicy()
    return {
        "callback": wanted.callback,
        "uuid": wanted.uuid,
        "timeout_ms": wanted.timeout_ms,
        "max_events": wanted.max_events,
        "concurrency": wanted.concurrency,
        "coalesce": wanted.coalesce,
        "format": wanted.format.value,
        "events_per_s": wanted.events_per_s,
        "retry": None if is_default else json.dumps(asdict(wanted.retry)),
    }


def signing_secrets(current: str, previous: str | None) -> SigningSecrets:
    """What signs, as it is stored: the ones before as JSON, or nothing."""
    before = from_json(previous) or ()
    return SigningSecrets(current, tuple((secret, until_ms) for secret, until_ms in before))


def cursor(row: Row) -> Cursor:
    """Where a row of `cursors` stands. Where nobody can read what was left behind, all comes
    again."""
    left = tuple(from_json(row["left_behind"]) or ())
    reached = row["reached"] if left or not row["left_behind"] else row["position"]
    return Cursor(row["position"], row["delivered"], reached, left, row["snapshot_upto"])


def health(row: Row) -> EndpointHealth:
    """How the endpoint of a row of `cursors` fares."""
    return EndpointHealth(*[row[name] for name in HEALTH_COLUMNS])


def health_values(health: EndpointHealth) -> tuple[int | None, ...]:
    """The values of HEALTH_COLUMNS."""
    return (
        health.failures,
        health.failing_since_ms,
        health.retry_at_ms,
        health.tried_upto,
        health.bisect_limit,
        health.skip_upto,
    )


def event(row: Row) -> LogEvent:
    """A row that holds a copy of an event."""
    return LogEvent(**{name: row[name] for name in LogEvent._fields})


def last_answer(row: Row, at_ms: int) -> LastAnswer:
    """A row with the answer that came last."""
    return LastAnswer(row["last_status"], row["last_error"], at_ms)


def answer_values(answer: LastAnswer) -> tuple[int | None, str | None]:
    """The values of `last_status` and `last_error`."""
    return answer.status, answer.error and answer.error[:_MAX_ERROR_CHARACTERS]


def parked(row: Row) -> Parked:
    """A row of `parked`, with the number of its events as `events`."""
    answer = last_answer(row, row["parked_at_ms"])
    return Parked(row["url"], row["failures"], row["retry_at_ms"], row["events"], answer)


def retry_policy(text: str | None) -> RetryPolicy:
    """A policy as it is stored: JSON, or nothing for the default."""
    values = from_json(text)
    if values is None:
        return RetryPolicy()
    return RetryPolicy(**values | {"parked_ms": tuple(values["parked_ms"])})


def from_json(text: str | None) -> Any:
    """What a cell holds; None: nothing, or what is no JSON."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None
