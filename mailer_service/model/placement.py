"""What becomes of a mail that is written: it leaves, waits, or goes into a summary."""

from dataclasses import dataclass

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
        """How far back `place` looks."""
        return max(HOUR_MS, self.window_ms)


@dataclass(frozen=True)
class Placed:
    """A mail to the same person that was let through at `at_ms`."""

    kind: str
    auction_url: str | None
    at_ms: int


@dataclass(frozen=True)
class Leave:
    """It leaves by itself, now."""


@dataclass(frozen=True)
class Wait:
    """It is looked at again at `due_at_ms`."""

    due_at_ms: int


@dataclass(frozen=True)
class Summary:
    """A mail that sums up others, and leaves at `due_at_ms`. The notice's key happens once."""

    notice: Notice
    due_at_ms: int


@dataclass(frozen=True)
class Hold:
    """The first of the summaries tells it; the second, if the first was just written."""

    summaries: tuple[Summary, Summary]


Placement = Leave | Wait | Hold
