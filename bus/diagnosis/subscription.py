"""One subscription as it is: its state, its endpoint, what waits and what was left aside."""

from collections.abc import Iterator, Sequence
from statistics import median
from urllib.parse import urlsplit

from service_kit.url import LOOPBACK_HOSTS

from bus.diagnosis.answers import is_yes, meaning
from bus.diagnosis.examined import Examined
from bus.diagnosis.finding import DiagnosisFinding, bad, fine, look
from bus.diagnosis.formats import ago, plural, span
from bus.diagnosis.spoken import shown_callback, spoken
from bus.model.delivery import Attempt, PullLease
from bus.model.subscription import State

_WAITS_LONG_MS = 10_000
_SAME_ACT_MS = 10_000
_KEPT = "Its events are kept and wait."


def of_bus(seen: Examined) -> Iterator[DiagnosisFinding]:
    """Whether anybody delivers."""
    if seen.pushers or seen.one.subscription.is_pulled:
        return
    yield bad(
        "pushers",
        "No pusher is running, so nobody gets anything.",
        "Whoever runs the bus starts one: `python -m bus.worker`.",
    )


def of_state(seen: Examined) -> Iterator[DiagnosisFinding]:
    """Whether anything is sent at all."""
    ours = seen.one.subscription
    since = ago(ours.state_since_ms, seen.now_ms)
    match ours.state, ours.reason:
        case State.ACTIVE, _:
            yield fine("state", "It is active.")
        case State.PAUSED, "snapshot":
            yield look(
                "state",
                "Its snapshot is being taken; then it begins.",
                "Wait a moment. If whoever began it is gone, resume.",
                "resume",
            )
        case State.PAUSED, _:
            yield bad("state", f"{_paused_by(seen)}, {since}. {_KEPT}", "Resume it.", "resume")
        case _, "gone":
            said = f"Its endpoint answered 410 Gone, so it was disabled, {since}. {_KEPT}"
            said += what_it_said(seen)
            yield bad("state", said, "If that was not meant, mend it, then resume.", "resume")
        case _, "damaged":
            said = "What it is set to can't be read in the database, so nothing is sent."
            yield bad("state", said, "Subscribe anew under its name, then resume.", "resume")
        case _:
            yield _failed_for_long(seen, since)


def _paused_by(seen: Examined) -> str:
    """By name, where the audit still knows; it forgets in the end."""
    act, since_ms = seen.paused, seen.one.subscription.state_since_ms
    if act is None or abs(act.at_ms - since_ms) > _SAME_ACT_MS:
        return "Somebody has paused it"
    return f"{act.client} ({act.by}) has paused it" if act.client else f"Paused by the {act.by}"


def _failed_for_long(seen: Examined, since: str) -> DiagnosisFinding:
    means, first_ms = seen.answered(), seen.one.health.failing_since_ms
    last = f" The last time: {means.said}{what_it_said(seen)}" if means else ""
    do = f"{means.do} Then resume." if means else "Mend its endpoint, then resume."
    failed_ms = None if first_ms is None else seen.one.subscription.state_since_ms - first_ms
    for_long = "for days" if failed_ms is None else f"for {span(max(0, failed_ms))}"
    said = f"It was disabled, {since}, after its endpoint had failed {for_long}. {_KEPT}{last}"
    return bad("state", said, do, "resume")


def what_it_said(seen: Examined) -> str:
    """Where its endpoint was called, and how its last answer began."""
    last = seen.one.answer
    if last is None:
        return ""
    same = (one for one in seen.attempts if (one.status, one.error) == (last.status, last.error))
    return spoken(seen.one.subscription.callback, next(same, last))


def of_answers(seen: Examined) -> Iterator[DiagnosisFinding]:
    """What its endpoint says, and whether it is left alone for now."""
    health, means = seen.one.health, seen.answered()
    if not health.failures or seen.one.subscription.state is State.DISABLED:
        return
    if means is not None:
        said = f"{means.said}{what_it_said(seen)}"
        yield bad("answer", said, means.do, means.relation)
    if not seen.is_active:
        return
    since = health.failing_since_ms
    first = "" if since is None else f", the first {ago(since, seen.now_ms)}"
    said = f"{plural(health.failures, 'failure')} in a row{first}; next try {_next_try(seen)}."
    yield bad("back-off", said, "Mend its endpoint; then resume, which tries at once.", "resume")


def _next_try(seen: Examined) -> str:
    at_ms = seen.one.health.retry_at_ms
    return ago(at_ms, seen.now_ms) if at_ms > seen.now_ms else "now"


def of_callback(seen: Examined) -> Iterator[DiagnosisFinding]:
    """Whether the bus can be expected to reach its endpoint."""
    callback = seen.one.subscription.callback
    if not callback:
        yield fine("callback", "It has none: it is pulled.")
        return
    parts, shown = urlsplit(callback), shown_callback(callback)
    last = seen.one.answer
    if (
        parts.hostname in LOOPBACK_HOSTS
        and seen.one.health.failures
        and last
        and last.status is None
    ):
        yield look(
            "callback",
            f"Its callback {shown} is on the bus's own machine.",
            "For an endpoint on yours: `bus listen --forward URL`, or its public address.",
            "edit",
        )
    else:
        how = ", not encrypted" if parts.scheme.lower() == "http" else ""
        yield fine("callback", f"It is called at {shown}{how}.")


def of_lag(seen: Examined) -> Iterator[DiagnosisFinding]:
    """Whether there is anything to get, and why that waits."""
    one, lag = seen.one, seen.one.lag
    if not lag.events:
        position = f"{one.cursor.position:,}"
        yield fine("lag", f"Nothing waits: it is at {position}, {plural(one.sent, 'event')} sent.")
        return
    age = "" if lag.oldest_ms is None else f", the oldest for {span(lag.oldest_ms)}"
    said = f"{plural(lag.events, 'event')} wait{'s' * (lag.events == 1)}{age}"
    patience_ms = _WAITS_LONG_MS + (one.subscription.timeout_ms or 0)
    is_late = (lag.oldest_ms or 0) > patience_ms
    if not (is_late and seen.is_active) or one.health.failures:
        yield fine("lag", f"{said}.")
    elif one.subscription.is_pulled:
        yield _not_pulled(seen, said)
    else:
        yield _slow(seen, said)


def _not_pulled(seen: Examined, said: str) -> DiagnosisFinding:
    if not seen.can_pull:
        return bad(
            "lag",
            f"{said}, and its client has no token that may pull them.",
            "Have a token of the scope subscribe made for it.",
        )
    if seen.leases:
        return _not_acknowledged(seen, said)
    return look(
        "lag",
        f"{said}, and nobody pulls them.",
        "Start its consumer. If it runs, see whether its token was revoked: the audit tells.",
    )


def _not_acknowledged(seen: Examined, said: str) -> DiagnosisFinding:
    """Who pulls works on it still, or died over it: then the same batch comes for ever."""
    events, until_ms = sum(len(one.events) for one in seen.leases), _last_until_ms(seen.leases)
    was = "was" if events == 1 else "were"
    lapses = "lapses" if until_ms > seen.now_ms else "has lapsed"
    last = seen.one.answer
    since = "nothing ever was" if last is None else f"the last was {ago(last.at_ms, seen.now_ms)}"
    return look(
        "lag",
        f"{said}. Of these {plural(events, 'event')} {was} pulled and not acknowledged; the lease"
        f" {lapses} {ago(until_ms, seen.now_ms)}, {since}.",
        "If that stays so its consumer takes longer than its lease, or dies over a batch: have it"
        " pull fewer (limit), ask for a longer lease (lease_ms), or name what it can't take.",
    )


def _last_until_ms(leases: Sequence[PullLease]) -> int:
    return max(one.until_ms for one in leases)


def _slow(seen: Examined, said: str) -> DiagnosisFinding:
    limit = seen.one.subscription.events_per_s
    if limit is not None and seen.one.lag.events > limit:
        return look(
            "lag",
            f"{said}: it may get {plural(limit, 'event')} a second.",
            "Wait, or raise the limit (events_per_s).",
            "edit",
        )
    taken = [
        one for one in seen.attempts if one.positions is not None and is_yes(one.status, one.error)
    ]
    last = seen.one.answer
    if not taken or (last is not None and not is_yes(last.status, last.error)):
        # Its failures are forgotten once it is edited or resumed; what it answers now is not known.
        since = "" if last is None else " since it was edited or resumed"
        return look(
            "lag",
            f"{said}, and no attempt has ended yet{since}: an endpoint has 20 s to answer.",
            "Look again in a moment.",
            "attempts",
        )
    took_ms = int(median(one.duration_ms for one in taken))
    size = max(1, int(median(one.events for one in taken)))
    a_second = 1_000 * size * seen.one.subscription.concurrency / max(1, took_ms)
    rest_ms = int(1_000 * seen.one.lag.events / a_second)
    if rest_ms <= _WAITS_LONG_MS:
        caught_up = f"its endpoint takes them within {span(rest_ms)}, as fast as it took the last"
        return look("lag", f"{said}: {caught_up}.", "Look again in a moment.", "attempts")
    return look(
        "lag",
        f"{said}: its endpoint is slow. It takes {span(took_ms)} for"
        f" {plural(size, 'event')}, at most {_rate(a_second)} a second.",
        "Have it answer before it works; or raise max or concurrency.",
        "edit",
    )


def _rate(a_second: float) -> str:
    return f"{a_second:,.0f}" if a_second >= 10 else f"{a_second:.2g}"


def of_left_aside(seen: Examined) -> Iterator[DiagnosisFinding]:
    """What was put aside or given up while the rest went on."""
    one = seen.one
    if one.parked:
        wait = "waits" if one.parked == 1 else "wait"
        said = f"{plural(one.parked, 'event')} could not be taken and {wait} apart."
        do = "See which, and mend what refuses them; they are tried again by themselves."
        yield look("parked", _with_why(said, seen), do, "parked")
    if one.dead_letters:
        was = "was" if one.dead_letters == 1 else "were"
        said = f"{plural(one.dead_letters, 'event')} {was} given up{_after_attempts(seen)}."
        do = "See what refused them, mend it, then redrive these dead letters."
        yield bad("dead letters", _with_why(said, seen), do, "dead-letters")


def _after_attempts(seen: Examined) -> str:
    """How many were made: of one, or of the last of several."""
    if seen.died is None:
        return ""
    which = "" if seen.one.dead_letters == 1 else ", the last"
    return f"{which} after {plural(seen.died.attempts, 'attempt')}"


def _with_why(said: str, seen: Examined) -> str:
    """With what the last attempt that was refused says, if any is on record."""
    found = ((meaning(one.status, one.error), one) for one in seen.attempts)
    why = next(((means.said, one) for means, one in found if means is not None), None)
    if why is None:
        return said
    return f"{said} {why[0]}{spoken(seen.one.subscription.callback, why[1])}"


def of_attempts(seen: Examined) -> Iterator[DiagnosisFinding]:
    """What the last answers were, that of a test event too."""
    if seen.one.subscription.is_pulled:
        return
    if not seen.attempts:
        yield fine("attempts", "Nothing has been tried in the last three days.")
        return
    last = [f"{_answer(one)} {ago(one.at_ms, seen.now_ms)}" for one in seen.attempts[:3]]
    said = f"The last answers: {', '.join(last)}."
    newest, due = seen.attempts[0], seen.one.answer
    means = meaning(newest.status, newest.error)
    # A test event or a resend: what was due is in the last answer.
    if means is None or (due is not None and newest.at_ms <= due.at_ms):
        yield fine("attempts", said)
    else:
        yield look("attempts", f"{means.said} {said}", means.do, means.relation)


def _answer(one: Attempt) -> str:
    return "none" if one.status is None else str(one.status)
