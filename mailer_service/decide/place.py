"""Whether a mail leaves now, waits, or goes into a summary: a pure rule."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailer_service.model.kinds import DIGEST, NEW_BIDS, Preference, kind_of
from mailer_service.model.mails import Notice
from mailer_service.model.placement import (
    HOUR_MS,
    Hold,
    Leave,
    Limits,
    Placed,
    Placement,
    Summary,
    Wait,
)


def place(
    notice: Notice,
    *,
    preference: Preference,
    zone: ZoneInfo,
    recent: Iterable[Placed],
    limits: Limits,
    now_ms: int,
) -> Placement:
    """Decide what becomes of a mail that its recipient wants.

    | mail                                            | becomes                                |
    |-------------------------------------------------|----------------------------------------|
    | about the account                               | leaves                                 |
    | about the account, `per_hour` of those left     | waits until the oldest is an hour old  |
    | preferred daily                                 | part of the digest                     |
    | new bid, `new_bids` of that auction this window | part of the window's summary           |
    | any other, `per_hour` of those left             | part of the digest                     |
    | any other                                       | leaves                                 |
    """
    recent = list(recent)
    kind = kind_of(notice.kind)
    alike = sorted(
        placed.at_ms
        for placed in recent
        if placed.at_ms > now_ms - HOUR_MS
        and kind_of(placed.kind).is_about_the_account == kind.is_about_the_account
    )
    is_full = len(alike) >= limits.per_hour
    if kind.is_about_the_account:
        return Wait(alike[-limits.per_hour] + HOUR_MS) if is_full else Leave()
    if preference == "daily":
        return _digest(notice, zone, limits, now_ms)
    if kind.name == "new-bid" and _too_many_bids(notice, recent, limits, now_ms):
        return _summary_of_bids(notice, limits, now_ms)
    return _digest(notice, zone, limits, now_ms) if is_full else Leave()


def next_morning_ms(now_ms: int, zone: ZoneInfo, hour: int, days: int = 0) -> tuple[str, int]:
    """The local date and the time of the next `hour` o'clock, and so many days on.

    | now, local       | hour | days | date       |
    |------------------|------|------|------------|
    | 2026-11-21 07:59 | 8    | 0    | 2026-11-21 |
    | 2026-11-21 08:00 | 8    | 0    | 2026-11-22 |
    | 2026-11-21 08:00 | 8    | 1    | 2026-11-23 |
    """
    local = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone)
    day = local.date() + timedelta(days=days + (1 if local.hour >= hour else 0))
    morning = datetime.combine(day, time(hour), zone)
    return day.isoformat(), int(morning.timestamp()) * 1000


def _too_many_bids(notice: Notice, recent: Iterable[Placed], limits: Limits, now_ms: int) -> bool:
    begins_ms = now_ms - now_ms % limits.window_ms
    bids = [
        placed
        for placed in recent
        if placed.kind == "new-bid"
        and placed.auction_url == notice.auction_url
        and placed.at_ms >= begins_ms
    ]
    return len(bids) >= limits.new_bids


def _summary_of_bids(notice: Notice, limits: Limits, now_ms: int) -> Hold:
    number = now_ms // limits.window_ms

    def summary(window: int) -> Summary:
        told = Notice(
            entity_url=notice.auction_url or "",
            kind=f"{NEW_BIDS}:{window}",
            recipient_url=notice.recipient_url,
            auction_url=notice.auction_url,
        )
        return Summary(told, (window + 1) * limits.window_ms)

    return Hold((summary(number), summary(number + 1)))


def _digest(notice: Notice, zone: ZoneInfo, limits: Limits, now_ms: int) -> Hold:
    def summary(days: int) -> Summary:
        date, due_at_ms = next_morning_ms(now_ms, zone, limits.digest_hour, days)
        told = Notice(
            entity_url=notice.recipient_url,
            kind=f"{DIGEST}:{date}",
            recipient_url=notice.recipient_url,
        )
        return Summary(told, due_at_ms)

    return Hold((summary(0), summary(1)))
