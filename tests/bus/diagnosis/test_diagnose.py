"""Why a subscriber gets nothing: what is most in the way first, each with what to do."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bus.diagnosis.diagnose import Diagnosis, diagnose
from bus.diagnosis.examined import Examined
from bus.diagnosis.topics import Published
from bus.model.audit import AuditEntry
from bus.model.delivery import (
    Attempt,
    Cursor,
    DeadLetter,
    EndpointHealth,
    Lag,
    LastAnswer,
    Overview,
    PullLease,
)
from bus.model.subscription import SigningSecrets, State, Subscription
from bus.model.topic_filter import filter_of
from tests.bus.samples import log_event

NOW_MS = 1_000_000_000
PUBLISHED = Published({"bids", "orders"}, {})
SUBSCRIPTION = Subscription(
    1,
    "shop",
    "default",
    "https://shop.example/events",
    "u-1",
    (filter_of("bids", 0),),
    SigningSecrets("whsec_x"),
    state_since_ms=NOW_MS - 5_000,
)
WELL = Overview(
    SUBSCRIPTION,
    Cursor(7, 7),
    EndpointHealth(),
    Lag(0, None),
    sent=7,
    answer=LastAnswer(204, None, NOW_MS - 9_000),
    parked=0,
    parked_oldest_ms=None,
    dead_letters=0,
)
FAILING = EndpointHealth(3, NOW_MS - 60_000, NOW_MS + 30_000)


def attempt(status: int | None = 204, error: str | None = None, **fields: Any) -> Attempt:
    """One of ten events, a second ago, that took so long."""
    made = Attempt(
        1,
        1,
        at_ms=NOW_MS - 1_000,
        duration_ms=20,
        attempt=1,
        events=10,
        first_position=1,
        last_position=10,
        status=status,
        error=error,
        request_head="",
        request_body=b"",
        response_head="",
        response_body=b"",
        positions="1-10",
    )
    return replace(made, **fields)


def told(
    one: Overview = WELL,
    *,
    attempts: Sequence[Attempt] = (),
    pushers: int = 1,
    can_pull: bool = True,
    published: Published = PUBLISHED,
    leases: Sequence[PullLease] = (),
    **seen: Any,
) -> Diagnosis:
    """The diagnosis of a subscription that is well but for what is given."""
    examined = Examined(one, attempts, pushers, can_pull, NOW_MS, leases, **seen)
    return diagnose(examined, published)


def of(**fields: Any) -> Overview:
    """WELL, whose subscription is so."""
    return replace(WELL, subscription=replace(SUBSCRIPTION, **fields))


def test_who_is_well_is_told_so() -> None:
    found = told(attempts=[attempt()])
    assert found.level == "ok"
    assert found.summary.startswith("Nothing is in the way")
    assert {one.level for one in found.findings} == {"ok"}


@pytest.mark.parametrize(
    ("one", "said", "do", "relation"),
    [
        (of(state=State.PAUSED), "Somebody has paused it, 5 s ago", "Resume it.", "resume"),
        (of(state=State.DISABLED, reason="gone"), "410 Gone", "then resume", "resume"),
        (of(state=State.DISABLED, reason="failing"), "failed for days", "resume", "resume"),
        (
            replace(of(state=State.DISABLED), answer=LastAnswer(404, None, 1), health=FAILING),
            "failed for 55 s. Its events are kept and wait. The last time: Its endpoint has",
            "Correct the callback, or have the endpoint take POST there. Then resume.",
            "resume",
        ),
        (
            replace(WELL, health=FAILING, answer=LastAnswer(401, None, 1)),
            "refuses the credentials",
            "the same secret",
            "secret",
        ),
        (replace(WELL, dead_letters=2), "2 events were given up", "redrive", "dead-letters"),
    ],
)
def test_what_keeps_events_away_comes_first(
    one: Overview, said: str, do: str, relation: str
) -> None:
    found = told(one)
    assert found.level == "bad"
    assert said in found.findings[0].said
    assert do in str(found.findings[0].do)
    assert found.findings[0].relation == relation
    assert found.summary == f"{found.findings[0].said} {found.findings[0].do}"


@pytest.mark.parametrize(
    ("client", "by", "said"),
    [
        ("shop", "token 7", "shop (token 7) has paused it, 5 s ago."),
        (None, "root key", "Paused by the root key, 5 s ago."),
        (None, "shell", "Paused by the shell, 5 s ago."),
    ],
)
def test_who_has_paused_it_is_named(client: str | None, by: str, said: str) -> None:
    at_ms = SUBSCRIPTION.state_since_ms
    act = AuditEntry(1, at_ms, client, by, "subscription.pause", "/x", "shop", {})
    one = of(state=State.PAUSED)
    assert told(one, paused=act).findings[0].said.startswith(said)
    earlier = replace(act, at_ms=at_ms - 60_000)
    assert told(one, paused=earlier).findings[0].said.startswith("Somebody has paused it")


@pytest.mark.parametrize(
    ("answer", "made", "said"),
    [
        (
            LastAnswer(422, None, 1),
            attempt(422, response_body=b'{"why":\n "<b>no</b>\x1b[31m \xff"}'),
            """ answered 422: \u201c{"why": "<b>no</b> [31m \ufffd"}\u201d.""",
        ),
        (
            LastAnswer(500, None, 1),
            attempt(500, response_body=b"x" * 300),
            f"https://shop.example/events answered 500: \u201c{'x' * 200}…\u201d.",
        ),
        (
            LastAnswer(401, None, 1),
            attempt(401),
            "https://shop.example/events answered 401, without a word.",
        ),
        (
            LastAnswer(None, "connection refused", 1),
            attempt(None, "connection refused"),
            "https://shop.example/events gave no answer: connection refused.",
        ),
        (
            LastAnswer(404, None, 1),
            attempt(204),
            "https://shop.example/events answered 404, without a word.",
        ),
    ],
)
def test_what_an_endpoint_answered_is_said_with_the_address(
    answer: LastAnswer, made: Attempt, said: str
) -> None:
    callback = "https://shop.example/events?key=hidden"
    one = replace(of(callback=callback), health=FAILING, answer=answer)
    for each in (one, replace(one, subscription=replace(one.subscription, state=State.DISABLED))):
        first = told(each, attempts=[made]).findings[0].said
        assert first.endswith(said)
        assert "hidden" not in first


@pytest.mark.parametrize(
    ("letters", "attempts", "said"),
    [
        (1, 1, "1 event was given up after 1 attempt."),
        (1, 2, "1 event was given up after 2 attempts."),
        (1_200, 1_100, "1,200 events were given up, the last after 1,100 attempts."),
    ],
)
def test_after_how_many_attempts_it_was_given_up_is_said(
    letters: int, attempts: int, said: str
) -> None:
    died = DeadLetter(log_event(1), attempts, LastAnswer(422, None, 1), b"")
    found = told(replace(WELL, dead_letters=letters), died=died)
    assert found.findings[0].said == said


@pytest.mark.parametrize(
    ("one", "said", "do"),
    [
        (of(state=State.PAUSED, reason="snapshot"), "snapshot is being taken", "Wait"),
        (
            replace(WELL, parked=1),
            "1 event could not be taken and waits apart",
            "mend what refuses",
        ),
        (of(filters=()), "subscribes to no topic", "Name the topics"),
        (of(filters=(filter_of("later.create", 0),)), "Nobody publishes to later", "It begins"),
        (of(filters=(filter_of("bidz", 0),)), "Nobody publishes to bidz", "Did you mean bids?"),
        (
            replace(of(filters=(filter_of("bids.delete", 0),)), sent=0),
            "wants bids.delete only, and none has come",
            "which types are published",
        ),
    ],
)
def test_what_may_keep_them_away_is_told(one: Overview, said: str, do: str) -> None:
    found = told(one)
    assert found.level == "look"
    assert said in found.summary
    assert do in found.summary


@pytest.mark.parametrize("pattern", ["*", "bus"])
def test_what_no_client_publishes_by_name_is_not_missed(pattern: str) -> None:
    assert told(of(filters=(filter_of(pattern, 0),))).level == "ok"


def test_a_publisher_whose_tokens_are_gone_is_named() -> None:
    found = told(published=Published({"bids"}, {"bids": "auctions"}))
    assert "bids is auctions's, which has no token left" in found.summary


def test_without_a_pusher_nobody_gets_anything_but_who_pulls() -> None:
    assert "No pusher is running" in told(pushers=0).summary
    assert told(of(callback="", uuid=""), pushers=0).level == "ok"


def test_who_is_paused_or_disabled_has_no_next_try() -> None:
    failing = replace(WELL, health=FAILING, answer=LastAnswer(404, None, 1))
    abouts = {}
    for state in State:
        one = replace(failing, subscription=replace(SUBSCRIPTION, state=state))
        abouts[state] = [found.about for found in told(one).findings if found.level == "bad"]
    assert abouts == {
        State.ACTIVE: ["answer", "back-off"],
        State.PAUSED: ["state", "answer"],
        State.DISABLED: ["state"],
    }


@pytest.mark.parametrize(("at_ms", "level"), [(NOW_MS - 10_000, "ok"), (NOW_MS - 1_000, "look")])
def test_a_test_event_that_failed_is_told_but_not_what_was_mended_since(
    at_ms: int, level: str
) -> None:
    assert told(attempts=[attempt(401, at_ms=at_ms)]).level == level


def test_a_back_off_says_since_when_and_when_it_is_tried_again() -> None:
    found = told(replace(WELL, health=FAILING, answer=LastAnswer(None, "Operation timed out", 1)))
    said = next(one.said for one in found.findings if one.about == "back-off")
    assert said == "3 failures in a row, the first 1 min ago; next try in 30 s."


LATE = Lag(4_000, 60_000)


@pytest.mark.parametrize(
    ("one", "attempts", "said"),
    [
        (
            replace(WELL, lag=LATE),
            [attempt(duration_ms=2_000)],
            "its endpoint is slow. It takes 2 s for 10 events, at most 5 a second",
        ),
        (replace(WELL, lag=LATE, answer=None), [], "no attempt has ended yet:"),
        (
            replace(WELL, lag=LATE, answer=LastAnswer(404, None, NOW_MS - 9_000)),
            [attempt(404), attempt()],
            "no attempt has ended yet since it was edited or resumed",
        ),
        (
            replace(WELL, lag=LATE, answer=LastAnswer(None, "timed out", NOW_MS - 9_000)),
            [attempt(None, "timed out", duration_ms=20_000)],
            "no attempt has ended yet since it was edited or resumed",
        ),
        (
            replace(WELL, lag=LATE, answer=LastAnswer(200, "the body is packed", NOW_MS - 9_000)),
            [attempt(200, "the body is packed"), attempt()],
            "no attempt has ended yet since it was edited or resumed",
        ),
        (
            replace(WELL, lag=LATE, answer=LastAnswer(200, "1 of 9 events named as failed", 1)),
            [attempt(200, "1 of 9 events named as failed", duration_ms=2_000)],
            "its endpoint is slow. It takes 2 s for 10 events",
        ),
        (
            replace(WELL, lag=LATE),
            [attempt(503, duration_ms=1), attempt(duration_ms=2_000)],
            "its endpoint is slow. It takes 2 s for 10 events",
        ),
        (replace(WELL, lag=LATE), [attempt()], "its endpoint takes them within 8 s"),
        (replace(WELL, lag=LATE), [attempt(events=1, duration_ms=3)], "at most 333 a second"),
        (replace(of(events_per_s=5), lag=LATE), [attempt()], "it may get 5 events a second"),
        (replace(of(callback=""), lag=LATE), [], "nobody pulls them"),
    ],
)
def test_a_backlog_says_what_it_waits_for(
    one: Overview, attempts: list[Attempt], said: str
) -> None:
    found = told(one, attempts=attempts)
    assert found.level == "look"
    assert "4,000 events wait, the oldest for 1 min" in found.summary
    assert said in found.summary


def test_who_pulls_without_a_good_token_is_told() -> None:
    found = told(replace(of(callback=""), lag=LATE), can_pull=False)
    assert found.level == "bad"
    assert "no token that may pull" in found.summary


@pytest.mark.parametrize(
    ("until_ms", "answer", "said"),
    [
        (5_000, None, "1 event was pulled and not acknowledged; the lease lapses in 5 s, nothing"),
        (-5_000, LastAnswer(200, None, NOW_MS - 60_000), "lapsed 5 s ago, the last was 1 min ago"),
    ],
)
def test_who_pulls_and_acknowledges_nothing_is_told(
    until_ms: int, answer: LastAnswer | None, said: str
) -> None:
    pulled = replace(of(callback=""), lag=LATE, answer=answer)
    lease = PullLease("l", NOW_MS + until_ms, False, (log_event(1),))
    found = told(pulled, leases=[lease])
    assert found.level == "look"
    assert said in found.summary


@pytest.mark.parametrize(
    ("lag", "timeout_ms"), [(Lag(3, 9_000), None), (Lag(3, 60_000), 55_000), (Lag(3, None), None)]
)
def test_what_waits_no_longer_than_it_was_asked_to_is_no_trouble(
    lag: Lag, timeout_ms: int | None
) -> None:
    assert told(replace(of(timeout_ms=timeout_ms), lag=lag), attempts=[attempt()]).level == "ok"


def test_parked_events_say_what_the_endpoint_says_of_them() -> None:
    named = attempt(200, "1 of 10 events named as failed")
    assert "names events as failed" in told(replace(WELL, parked=1), attempts=[named]).summary


def test_a_callback_on_the_buss_own_machine_is_a_hint_only_where_it_fails() -> None:
    here = of(callback="http://localhost:1/events")
    assert told(here).level == "ok"
    failing = told(replace(here, health=FAILING, answer=LastAnswer(None, "Failed to connect", 1)))
    assert any("bus's own machine" in one.said for one in failing.findings)
