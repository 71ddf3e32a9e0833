"""What leaves now, what waits, and what goes into a summary."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer_service.model.kinds import KINDS
from mailer_service.model.mails import Notice
from mailer_service.policy import (
    HOUR_MS,
    Decision,
    Delay,
    Digest,
    Limits,
    RecentMail,
    SendNow,
    apply_policy,
    next_morning_ms,
)

BERLIN = ZoneInfo("Europe/Berlin")
LIMITS = Limits(per_hour=5, new_bids=2, window_ms=HOUR_MS, digest_hour=8)
NOW_MS = int(datetime(2026, 11, 21, 12, 30, tzinfo=BERLIN).timestamp()) * 1000
LAMP = "https://a.example/auctions/lamp"


def decide(
    kind: str,
    *recent: RecentMail,
    preference: str = "at_once",
    limits: Limits = LIMITS,
    now_ms: int = NOW_MS,
) -> Decision:
    notice = Notice(entity_url="e", kind=kind, recipient_url="ada", auction_url=LAMP)
    return apply_policy(
        notice, preference=preference, zone=BERLIN, recent=recent, limits=limits, now_ms=now_ms
    )


def left(kind: str, *minutes_ago: int, auction_url: str = LAMP) -> list[RecentMail]:
    return [RecentMail(kind, auction_url, NOW_MS - minutes * 60_000) for minutes in minutes_ago]


def test_a_mail_leaves_when_nothing_speaks_against_it() -> None:
    assert decide("outbid") == SendNow()


def test_what_is_wanted_daily_is_held_for_the_next_morning_of_its_reader() -> None:
    decision = decide("outbid", preference="daily")

    assert isinstance(decision, Digest)
    digest = decision.summaries[0]
    assert (digest.notice.entity_url, digest.notice.kind) == ("ada", "digest:2026-11-22")
    morning = datetime.fromtimestamp(digest.due_at_ms / 1000, BERLIN)
    assert (morning.day, morning.hour, morning.minute) == (22, 8, 0)


def test_a_held_mail_has_a_second_summary_to_go_to() -> None:
    decision = decide("outbid", preference="daily")

    assert isinstance(decision, Digest)
    assert [s.notice.kind for s in decision.summaries] == [
        "digest:2026-11-22",
        "digest:2026-11-23",
    ]


def test_of_many_new_bids_the_first_leave_and_the_rest_is_summed_up() -> None:
    assert decide("new-bid", *left("new-bid", 1)) == SendNow()

    decision = decide("new-bid", *left("new-bid", 1, 2))

    assert isinstance(decision, Digest)
    summary = decision.summaries[0]
    window = NOW_MS // HOUR_MS
    assert (summary.notice.entity_url, summary.notice.kind) == (LAMP, f"new-bids:{window}")
    assert summary.due_at_ms == (window + 1) * HOUR_MS


@pytest.mark.parametrize(
    "recent",
    [
        left("new-bid", 1, 2, auction_url="another"),
        left("new-bid", 31, 32),  # the window before: it is half past
        left("outbid", 1, 2),
    ],
)
def test_only_new_bids_of_this_auction_in_this_window_count(recent: list[RecentMail]) -> None:
    assert decide("new-bid", *recent) == SendNow()


def test_what_is_over_the_rate_goes_into_the_digest() -> None:
    assert decide("won", *left("outbid", 1, 2, 3, 4)) == SendNow()
    assert isinstance(decide("won", *left("outbid", 1, 2, 3, 4, 5)), Digest)
    assert decide("won", *left("outbid", 1, 2, 3, 4, 60)) == SendNow()


def test_mails_about_the_account_are_not_crowded_out_by_news() -> None:
    assert decide("password-reset:9", *left("outbid", 1, 2, 3, 4, 5)) == SendNow()


def test_too_many_mails_about_the_account_wait_their_turn() -> None:
    decision = decide("password-reset:9", *left("password-reset:1", 5, 4, 3, 2, 1))

    assert decision == Delay(NOW_MS - 5 * 60_000 + HOUR_MS)


@pytest.mark.parametrize(
    ("now", "days", "date"),
    [
        ("2026-11-21T07:59", 0, "2026-11-21"),
        ("2026-11-21T08:00", 0, "2026-11-22"),
        ("2026-11-21T08:00", 1, "2026-11-23"),
        ("2026-03-28T09:00", 0, "2026-03-29"),  # the clocks go forward that night
        ("2026-10-24T09:00", 0, "2026-10-25"),  # and back
    ],
)
def test_the_next_morning(now: str, days: int, date: str) -> None:
    now_ms = int(datetime.fromisoformat(now).replace(tzinfo=BERLIN).timestamp()) * 1000

    found, at_ms = next_morning_ms(now_ms, BERLIN, 8, days)

    assert found == date
    local = datetime.fromtimestamp(at_ms / 1000, BERLIN)
    assert (local.date().isoformat(), local.hour) == (date, 8)


def test_the_same_moment_is_another_morning_elsewhere() -> None:
    now_ms = int(datetime(2026, 11, 21, 20, 0, tzinfo=UTC).timestamp()) * 1000

    assert next_morning_ms(now_ms, ZoneInfo("Pacific/Auckland"), 8)[0] == "2026-11-23"
    assert next_morning_ms(now_ms, ZoneInfo("America/New_York"), 8)[0] == "2026-11-22"


@given(
    kind=st.sampled_from(sorted(KINDS)),
    recent=st.lists(
        st.builds(
            RecentMail,
            st.sampled_from(sorted(KINDS)),
            st.sampled_from([LAMP, None]),
            st.integers(NOW_MS - 2 * HOUR_MS, NOW_MS),
        ),
        max_size=30,
    ),
    preference=st.sampled_from(["at_once", "daily"]),
)
def test_whatever_left_before_nothing_is_lost_and_nothing_is_due_in_the_past(
    kind: str, recent: list[RecentMail], preference: str
) -> None:
    decision = decide(kind, *recent, preference=preference)

    if isinstance(decision, Delay):
        assert decision.due_at_ms > NOW_MS
    if isinstance(decision, Digest):
        assert all(summary.due_at_ms > NOW_MS for summary in decision.summaries)
    if KINDS[kind].is_about_the_account:
        assert not isinstance(decision, Digest)
