"""One subscription as it was read: pure, but for the time."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from service_kit.webhooks import check_secret

from bus_client.cli.doctor.answers import meaning
from bus_client.cli.doctor.finding import Finding, bad, fine, look
from bus_client.cli.words import answer_in_words, count, duration, since
from bus_client.entities import Attempt, Subscription

_HERE = {"localhost", "127.0.0.1", "::1"}
_SHOWN = 3
_MUCH_MS = 60_000


def look_at_state(one: Subscription) -> Iterator[Finding]:
    """Whether anything is sent at all."""
    do = f"`bus subscriptions resume {one.name}`"
    if one.state == "active":
        yield fine("state", "active")
    elif one.reason == "snapshot":
        yield look("state", "paused until its snapshot is made", "wait: it goes on by itself")
    else:
        why = f": {one.reason}" if one.reason else ""
        yield bad("state", f"{one.state}{why}; its events wait", do)


def look_at_lag(one: Subscription) -> Iterator[Finding]:
    """Whether there is anything to get, and for how long it has been waiting."""
    if not one.waiting:
        yield fine(
            "lag", f"nothing waits: it is at {one.position:,}, {count(one.sent, 'event')} sent"
        )
        return
    age = "" if one.oldest_ms is None else f", the oldest for {duration(one.oldest_ms)}"
    said = f"{count(one.waiting, 'event')} wait{age}"
    is_stuck = one.state == "active" and not one.failures and (one.oldest_ms or 0) > _MUCH_MS
    if is_stuck:
        yield look("lag", said, "is a pusher running? The test event below tells")
    else:
        yield fine("lag", said)


def look_at_back_off(one: Subscription, now_ms: int) -> Iterator[Finding]:
    """Whether the endpoint is left alone for now."""
    if not one.failures:
        return
    since_when = since(one.failing_since_ms, now_ms)
    next_try = since(one.retry_at_ms, now_ms) if one.retry_at_ms else "now"
    yield bad(
        "back-off",
        f"{count(one.failures, 'failure')} in a row, the first {since_when}; next try {next_try}",
        f"mend the receiver, then `bus subscriptions resume {one.name}` tries at once",
    )


def look_at_callback(one: Subscription) -> Iterator[Finding]:
    """Whether the bus can be expected to reach it."""
    if one.callback is None:
        yield fine("callback", "none: it is pulled")
        return
    parts = urlsplit(one.callback)
    shown = f"{parts.scheme}://{parts.netloc}{parts.path}"
    if parts.hostname in _HERE:
        yield look(
            "callback",
            f"{shown}: that is the bus's own machine",
            "for a receiver on yours: `bus listen --forward URL`, or its public address",
        )
    elif parts.scheme.lower() == "http":
        yield look("callback", f"{shown}: not encrypted", "use https")
    else:
        yield fine("callback", shown)


def look_at_attempts(
    one: Subscription, attempts: Sequence[Attempt], now_ms: int
) -> Iterator[Finding]:
    """What the last answers were."""
    if not attempts:
        yield look("attempts", "none on record: nothing was sent of late", "see lag and topics")
        return
    for attempt in attempts[:_SHOWN]:
        answer = answer_in_words(attempt.status, attempt.error)
        said = f"{since(attempt.at_ms, now_ms)}: {answer}"
        means = meaning(attempt.status, attempt.error)
        if means is None:
            yield fine("attempts", said)
        else:
            yield look("attempts", f"{said}; {means.said}", means.do.replace("NAME", one.name))


def look_at_left_behind(one: Subscription) -> Iterator[Finding]:
    """What was put aside or given up while the rest went on."""
    if one.parked:
        yield look(
            "parked",
            f"{count(one.parked, 'event')} of entities that it could not take",
            f"`bus parked {one.name}` says why; they are tried again by themselves",
        )
    if one.dead_letters:
        yield bad(
            "dead letters",
            f"{count(one.dead_letters, 'event')} given up",
            f"`bus dead-letters {one.name}` says why, `bus redrive {one.name} --all` tries them",
        )


def look_at_secret(secret: str | None, last: Attempt | None) -> Iterator[Finding]:
    """Whether the signature can be the reason: the bus shows its secret to nobody."""
    refused = last is not None and last.status in {401, 403}
    if secret is not None:
        try:
            check_secret(secret)
        except ValueError as error:
            yield bad(
                "secret", f"the receiver's is none: {error}", "make one: `bus subscriptions rotate`"
            )
            return
    if refused:
        yield bad(
            "secret",
            "the receiver refuses what signs or names the deliveries",
            "have both sides hold the same: `bus subscriptions rotate NAME --secret …`"
            " takes the receiver's",
        )
    elif last is not None and last.status is not None and 200 <= last.status < 300:
        yield fine("secret", "the receiver takes what is signed with it (if it checks)")


def look_at_test(one: Subscription, attempt: Attempt | None) -> Iterator[Finding]:
    """What came of a test event."""
    if attempt is None:
        yield bad("test event", "nobody sent it", "start a pusher: `python -m bus.worker`")
        return
    answer = answer_in_words(attempt.status, attempt.error)
    means = meaning(attempt.status, attempt.error)
    if means is None:
        yield fine("test event", f"taken: {answer} in {duration(attempt.duration_ms)}")
    else:
        yield bad("test event", f"{answer}; {means.said}", means.do.replace("NAME", one.name))
