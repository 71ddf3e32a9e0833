"""The delivery policy: whether a mail is sent now, later, or as part of a digest; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from service_kit.clock import utc

from mailer_service.model.kinds import DIGEST, NEW_BIDS, Preference, kind_of
from mailer_service.model.mails import Notice

HOUR_MS = 60 * 60 * 1000


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much one person gets mail by mail.

    `per_hour` mails an hour, account and news counted apart; of one auction's new bids
    `new_bids` in a window of `window_ms`; digests leave at `digest_hour` (0 to 23) local time.
    """

    per_hour: int
    new_bids: int
    window_ms: int
    digest_hour: int

    @property
    def memory_ms(self) -> int:
        """How far back `apply_policy` looks."""
        return max(HOUR_MS, self.window_ms)


@dataclass(frozen=True)
class RecentMail:
    """A mail to the same person that was sent by itself at `at_ms`."""

    kind: str
    auction_url: str | None
    at_ms: int


@dataclass(frozen=True)
class SendNow:
    """It is sent by itself, now."""


@dataclass(frozen=True)
class Delay:
    """It is decided on again at `due_at_ms`."""

    due_at_ms: int


@dataclass(frozen=True)
class Summary:
    """A mail that sums up others, and leaves at `due_at_ms`. The notice's key happens once."""

    notice: Notice
    due_at_ms: int


@dataclass(frozen=True)
class Digest:
    """The first of these summaries tells it; the second, if the first was just written."""

    summaries: tuple[Summary, Summary]


Decision = SendNow | Delay | Digest


def apply_policy(
    notice: Notice,
    *,
    preference: Preference,
    zone: ZoneInfo,
    recent: Iterable[RecentMail],
    limits: Limits,
    now_ms: int,
) -> Decision:
    """Decide what becomes of a mail that its recipient wants.

    | mail                                            | becomes                                |
    |-------------------------------------------------|----------------------------------------|
    | about the account                               | sent now                               |
    | about the account, `per_hour` of those sent     | delayed until the oldest is 1 hour old |
    | preferred daily                                 | part of the day's digest               |
    | new bid, `new_bids` of that auction this window | part of the window's summary           |
    | any other, `per_hour` of those sent             | part of the day's digest               |
    | any other                                       | sent now                               |
    """
    recent = list(recent)
    kind = kind_of(notice.kind)
    alike = sorted(
        sent.at_ms
        for sent in recent
        if sent.at_ms > now_ms - HOUR_MS
        and kind_of(sent.kind).is_about_the_account == kind.is_about_the_account
    )
    is_full = len(alike) >= limits.per_hour
    if kind.is_about_the_account:
        return Delay(alike[-limits.per_hour] + HOUR_MS) if is_full else SendNow()
    if preference == "daily":
        return _digest(notice, zone, limits, now_ms)
    if kind.name == "new-bid" and _too_many_bids(notice, recent, limits, now_ms):
        return _summary_of_bids(notice, limits, now_ms)
    return _digest(notice, zone, limits, now_ms) if is_full else SendNow()


def next_morning_ms(now_ms: int, zone: ZoneInfo, hour: int, days: int = 0) -> tuple[str, int]:
    """The local date and the time of the next `hour` o'clock, and so many days on.

    | now, local       | hour | days | date       |
    |------------------|------|------|------------|
    | 2026-11-21 07:59 | 8    | 0    | 2026-11-21 |
    | 2026-11-21 08:00 | 8    | 0    | 2026-11-22 |
    | 2026-11-21 08:00 | 8    | 1    | 2026-11-23 |
    """
    local = utc(now_ms).astimezone(zone)
    day = local.date() + timedelta(days=days + (1 if local.hour >= hour else 0))
    morning = datetime.combine(day, time(hour), zone)
    return day.isoformat(), int(morning.timestamp()) * 1000


def _too_many_bids(
    notice: Notice, recent: Iterable[RecentMail], limits: Limits, now_ms: int
) -> bool:
    begins_ms = now_ms - now_ms % limits.window_ms
    bids = [
        sent
        for sent in recent
        if sent.kind == "new-bid"
        and sent.auction_url == notice.auction_url
        and sent.at_ms >= begins_ms
    ]
    return len(bids) >= limits.new_bids


def _summary_of_bids(notice: Notice, limits: Limits, now_ms: int) -> Digest:
    number = now_ms // limits.window_ms

    def summary(window: int) -> Summary:
        told = Notice(
            entity_url=notice.auction_url or "",
            kind=f"{NEW_BIDS}:{window}",
            recipient_url=notice.recipient_url,
            auction_url=notice.auction_url,
        )
        return Summary(told, (window + 1) * limits.window_ms)

    return Digest((summary(number), summary(number + 1)))


def _digest(notice: Notice, zone: ZoneInfo, limits: Limits, now_ms: int) -> Digest:
    def summary(days: int) -> Summary:
        date, due_at_ms = next_morning_ms(now_ms, zone, limits.digest_hour, days)
        told = Notice(
            entity_url=notice.recipient_url,
            kind=f"{DIGEST}:{date}",
            recipient_url=notice.recipient_url,
        )
        return Summary(told, due_at_ms)

    return Digest((summary(0), summary(1)))
