"""What the mailer reads from the environment."""

from dataclasses import dataclass
from email.utils import parseaddr

from bus_client import bus_url
from service_kit.config import Holds, anywhere, load, setting
from service_kit.database import database_url
from service_kit.url import base_url

from mailer_service.policy import Limits
from mailer_service.smtp.url import SmtpServer


def sender_address(text: str) -> str:
    """Check `ada@example.org` or `Ada <ada@example.org>`. Raises ValueError."""
    _, address = parseaddr(text)
    if "@" not in address or not text.isprintable():
        raise ValueError("must be ADDRESS or NAME <ADDRESS>")
    return text


def is_nobodys(sender: str) -> bool:
    """Whether the sender's domain is one that nobody has (RFC 2606)."""
    top_level = parseaddr(sender)[1].rpartition(".")[2]
    return top_level.casefold() in {"example", "test", "invalid", "localhost"}


def at_least_one(text: str) -> int:
    """Check a count or a duration. Raises ValueError."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ValueError("must be a whole number, 1 or more")
    return int(text)


def hour_of_the_day(text: str) -> int:
    """Check an hour, 0 to 23. Raises ValueError."""
    if not text.isascii() or not text.isdigit() or int(text) > 23:
        raise ValueError("must be an hour, 0 to 23")
    return int(text)


@dataclass(frozen=True, kw_only=True)
class Config:
    """The mailer's settings, for its web process and its jobs alike."""

    database_url: str = setting("MAILER_DATABASE_URL", parse=database_url)
    public_url: str = setting("MAILER_PUBLIC_URL", parse=base_url)
    sender: str = setting("MAILER_SENDER", parse=sender_address, at_home=is_nobodys)
    smtp: SmtpServer = setting(
        "SMTP_URL", parse=SmtpServer.parse, secret=True, at_home=SmtpServer.is_a_mailbox
    )
    smtp_timeout_ms: int = setting("MAILER_SMTP_TIMEOUT_MS", parse=at_least_one, default=20_000)
    smtp_sessions: int = setting("MAILER_SMTP_SESSIONS", parse=at_least_one, default=2)
    fetch_timeout_ms: int = setting("MAILER_FETCH_TIMEOUT_MS", parse=at_least_one, default=10_000)
    per_hour: int = setting("MAILER_PER_HOUR", parse=at_least_one, default=30)
    new_bids: int = setting("MAILER_NEW_BIDS", parse=at_least_one, default=10)
    new_bids_window_s: int = setting("MAILER_NEW_BIDS_WINDOW_S", parse=at_least_one, default=3600)
    digest_hour: int = setting("MAILER_DIGEST_HOUR", parse=hour_of_the_day, default=8)
    preview: bool = setting("MAILER_PREVIEW", default=False, at_home=bool)
    bus_url: str = setting("MAILER_BUS_URL", parse=bus_url)
    bus_token: str = setting("MAILER_BUS_TOKEN", secret=True)
    webhook_uuid: str = setting("MAILER_WEBHOOK_UUID")
    webhook_secret: str = setting("MAILER_WEBHOOK_SECRET", secret=True)
    bids_url: str = setting("MAILER_BIDS_URL", parse=base_url)
    bids_token: str = setting("MAILER_BIDS_TOKEN", secret=True)
    auctions_url: str = setting("MAILER_AUCTIONS_URL", parse=base_url)
    auctions_token: str = setting("MAILER_AUCTIONS_TOKEN", secret=True)
    jobs_port: int | None = setting("MAILER_JOBS_PORT", default=None)

    @property
    def fetch_lease_ms(self) -> int:
        """How long a killed worker keeps others from what it was fetching for: a letter needs
        three fetches at most. Fetched twice is no harm: the ledger is the judge."""
        return 3 * self.fetch_timeout_ms

    @property
    def limits(self) -> Limits:
        """How much one person gets mail by mail."""
        return Limits(
            per_hour=self.per_hour,
            new_bids=self.new_bids,
            window_ms=self.new_bids_window_s * 1000,
            digest_hour=self.digest_hour,
        )


def read(holds: Holds = anywhere) -> Config:
    """The settings of this process. Raises ConfigError with every complaint at once."""
    return load(Config, prefix="MAILER_", holds=holds)
