"""What the mailer reads from the environment."""

from dataclasses import dataclass
from email.utils import parseaddr

from service_kit.config import load, setting
from service_kit.database import database_url

from mailer_service.smtp_url import SmtpServer


def sender_address(text: str) -> str:
    """Check `ada@example.org` or `Ada <ada@example.org>`. Raises ValueError."""
    _, address = parseaddr(text)
    if "@" not in address or not text.isprintable():
        raise ValueError("must be ADDRESS or NAME <ADDRESS>")
    return text


@dataclass(frozen=True, kw_only=True)
class Config:
    """The mailer's settings, for its web process and its jobs alike."""

    database_url: str = setting("MAILER_DATABASE_URL", parse=database_url)
    jobs_file: str = setting("MAILER_JOBS_FILE")
    public_url: str = setting("MAILER_PUBLIC_URL")
    sender: str = setting("MAILER_SENDER", parse=sender_address)
    smtp: SmtpServer = setting("SMTP_URL", parse=SmtpServer.parse, secret=True)
    smtp_timeout_ms: int = setting("MAILER_SMTP_TIMEOUT_MS", default=30_000)
    bus_url: str = setting("MAILER_BUS_URL")
    bus_token: str = setting("MAILER_BUS_TOKEN", secret=True)
    webhook_uuid: str = setting("MAILER_WEBHOOK_UUID")
    webhook_secret: str = setting("MAILER_WEBHOOK_SECRET", secret=True)
    bids_url: str = setting("MAILER_BIDS_URL")
    bids_token: str = setting("MAILER_BIDS_TOKEN", secret=True)
    auctions_url: str = setting("MAILER_AUCTIONS_URL")
    auctions_token: str = setting("MAILER_AUCTIONS_TOKEN", secret=True)
    jobs_port: int | None = setting("MAILER_JOBS_PORT", default=None)


def read() -> Config:
    """The settings of this process. Raises ConfigError with every complaint at once."""
    return load(Config, prefix="MAILER_")
