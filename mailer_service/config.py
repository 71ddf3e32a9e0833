"""What the mailer reads from the environment."""

import re
import socket
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address, HeaderRegistry
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from bus_client import bus_url
from service_kit.config import Holds, anywhere, load, number, port_number, setting
from service_kit.database import database_url
from service_kit.local_time import zone_names
from service_kit.places import folder
from service_kit.url import base_url
from service_kit.webhooks import check_secret, check_user

from mailer_service.letters.formats import LANGUAGES
from mailer_service.model.reports import Operator
from mailer_service.policy import Limits
from mailer_service.smtp.url import SmtpServer

_SENDER = "must be ADDRESS or NAME <ADDRESS>"
_HOST_NAME = re.compile(
    r"(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)


def sender_address(text: str) -> str:
    """Check `ada@example.org` or `Ada <ada@example.org>`. Raises ValueError."""
    try:
        head: Any = HeaderRegistry()("From", text)
        (address,) = head.addresses
        _bare_address(address.addr_spec)
    except (ValueError, IndexError, HeaderParseError) as error:  # all three, by what is wrong
        raise ValueError(_SENDER) from error
    if head.defects or not text.isprintable():
        raise ValueError(_SENDER)
    return text


def is_nobodys(sender: str) -> bool:
    """Whether the sender's domain is one that nobody has (RFC 2606)."""
    top_level = parseaddr(sender)[1].rpartition(".")[2]
    return top_level.casefold() in {"example", "test", "invalid", "localhost"}


def operators(text: str) -> tuple[str, ...]:
    """Read `none`, or addresses, comma-separated. Raises ValueError."""
    addresses = [one.strip() for one in text.split(",") if one.strip()]
    return () if addresses == ["none"] else tuple(map(_bare_address, addresses))


def _bare_address(text: str) -> str:
    try:
        return Address(addr_spec=text).addr_spec
    except (ValueError, IndexError, HeaderParseError) as error:  # all three, by what is wrong
        raise ValueError("must be none, or ADDRESS, comma-separated") from error


def host_name(text: str) -> str:
    """Read a name for EHLO (RFC 5321, 4.1.1.1); `auto` is this machine's. Raises ValueError."""
    if text == "auto":
        return socket.gethostname()
    if not _HOST_NAME.fullmatch(text):
        raise ValueError("must be auto, or a full host name such as mail.example.org")
    return text


def language(text: str) -> str:
    """Check a language that mails are written in. Raises ValueError."""
    if text not in LANGUAGES:
        raise ValueError(f"must be one of {', '.join(LANGUAGES)}")
    return text


def time_zone(text: str) -> str:
    """Check the name of a zone. Raises ValueError."""
    if text not in zone_names():
        raise ValueError("must be a time zone such as UTC or Europe/Berlin")
    return text


@dataclass(frozen=True, kw_only=True)
class Config:
    """The mailer's settings, for its web process and its jobs alike."""

    database_url: str = setting("MAILER_DATABASE_URL", parse=database_url)
    public_url: str = setting("MAILER_PUBLIC_URL", parse=base_url)
    sender: str = setting("MAILER_SENDER", parse=sender_address, at_home=is_nobodys)
    smtp: SmtpServer = setting(
        "SMTP_URL", parse=SmtpServer.parse, secret=True, at_home=SmtpServer.is_a_mailbox
    )
    smtp_name: str = setting("MAILER_SMTP_NAME", parse=host_name, default=socket.gethostname())
    smtp_timeout_ms: int = setting(
        "MAILER_SMTP_TIMEOUT_MS", parse=number(1, 3_600_000), default=20_000
    )
    smtp_sessions: int = setting("MAILER_SMTP_SESSIONS", parse=number(1, 100), default=2)
    fetch_timeout_ms: int = setting(
        "MAILER_FETCH_TIMEOUT_MS", parse=number(1, 3_600_000), default=10_000
    )
    per_hour: int = setting("MAILER_PER_HOUR", parse=number(1, 1_000_000), default=30)
    new_bids: int = setting("MAILER_NEW_BIDS", parse=number(1, 1_000_000), default=10)
    new_bids_window_s: int = setting(
        "MAILER_NEW_BIDS_WINDOW_S", parse=number(1, 2_678_400), default=3600
    )
    digest_hour: int = setting("MAILER_DIGEST_HOUR", parse=number(0, 23), default=8)
    operators: tuple[str, ...] = setting(
        "MAILER_OPERATOR",
        default=(),
        parse=operators,
        at_home=lambda them: any(map(is_nobodys, them)),
    )
    operator_per_hour: int = setting("MAILER_OPERATOR_PER_HOUR", default=10, parse=number(1, 1_000))
    operator_language: str = setting("MAILER_OPERATOR_LANGUAGE", default="en", parse=language)
    operator_time_zone: str = setting("MAILER_OPERATOR_TIME_ZONE", default="UTC", parse=time_zone)
    preview: bool = setting("MAILER_PREVIEW", default=False, at_home=bool)
    bus_url: str = setting("MAILER_BUS_URL", parse=bus_url)
    bus_token: str = setting("MAILER_BUS_TOKEN", secret=True)
    webhook_uuid: str = setting("MAILER_WEBHOOK_UUID", parse=check_user)
    webhook_secret: str = setting("MAILER_WEBHOOK_SECRET", secret=True, parse=check_secret)
    bids_url: str = setting("MAILER_BIDS_URL", parse=base_url)
    bids_token: str = setting("MAILER_BIDS_TOKEN", secret=True)
    auctions_url: str = setting("MAILER_AUCTIONS_URL", parse=base_url)
    auctions_token: str = setting("MAILER_AUCTIONS_TOKEN", secret=True)
    journal_dir: Path | None = setting("MAILER_JOURNAL_DIR", parse=folder, default=None)
    jobs_port: int | None = setting("MAILER_JOBS_PORT", default=None, parse=port_number)

    @property
    def fetch_lease_ms(self) -> int:
        """How long a killed worker keeps others from what it was fetching for: a letter needs
        three fetches at most. Fetched twice is no harm: the ledger is the judge."""
        return 3 * self.fetch_timeout_ms

    @property
    def operator(self) -> Operator | None:
        """Who is told of the bus; None where nobody wants that, or there is no bus that tells."""
        if not self.operators or not self.bus_url.startswith("http"):
            return None
        return Operator(
            addresses=self.operators,
            per_hour=self.operator_per_hour,
            locale=self.operator_language,
            time_zone=self.operator_time_zone,
        )

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
