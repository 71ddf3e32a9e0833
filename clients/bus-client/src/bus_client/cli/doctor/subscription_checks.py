"""What the bus can't know of one subscription: the receiver's secret, and what comes of a test."""

from collections.abc import Iterator

from service_kit.webhooks import check_secret

from bus_client.cli.doctor.finding import bad, fine
from bus_client.cli.words import answer_in_words, duration
from bus_client.entities import Attempt, Finding


def look_at_secret(secret: str | None, last: Attempt | None) -> Iterator[Finding]:
    """Whether the signature can be the reason: the bus shows its secret to nobody."""
    if secret is not None:
        try:
            check_secret(secret)
        except ValueError as error:
            yield bad(
                "secret", f"the receiver's is none: {error}", "make one: `bus subscriptions rotate`"
            )
            return
    if last is not None and last.status in {401, 403}:
        yield bad(
            "secret",
            "the receiver refuses what signs or names the deliveries",
            "have both sides hold the same: `bus subscriptions rotate NAME --secret …`"
            " takes the receiver's",
        )
    elif last is not None and last.status is not None and 200 <= last.status < 300:
        yield fine("secret", "the receiver takes what is signed with it (if it checks)")


def look_at_test(attempt: Attempt | None) -> Iterator[Finding]:
    """What came of a test event."""
    if attempt is None:
        yield bad("test event", "nobody sent it", "start a pusher: `python -m bus.worker`")
        return
    answer = answer_in_words(attempt.status, attempt.error)
    if attempt.meaning is None:
        yield fine("test event", f"taken: {answer} in {duration(attempt.duration_ms)}")
    else:
        means = attempt.meaning
        said = f"{answer}. {means['said']}"
        yield Finding("test event", "bad", said, means["do"], means["relation"])
