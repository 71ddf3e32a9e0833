"""Where mail leaves: `SMTP_URL`."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

from service_kit.url import LOOPBACK_HOSTS

from mailer_service.errors import BadSmtpUrl

Security = Literal["none", "starttls", "tls"]

_SECURITY: dict[str, tuple[Security, int]] = {
    "smtp": ("none", 25),
    "smtp+starttls": ("starttls", 587),
    "smtps": ("tls", 465),
}


@dataclass(frozen=True)
class SmtpServer:
    """An SMTP server: `smtp://HOST`, `smtp+starttls://USER:PASSWORD@HOST`, `smtps://…`.

    Ports default to 25, 587 and 465. STARTTLS is required where it is asked for, never a hope.
    """

    host: str
    port: int
    security: Security = "none"
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def is_a_mailbox(self) -> bool:
        """Whether it is a program of a developer's that catches mails: it listens on this machine,
        and where no mail server does."""
        return self.host in LOOPBACK_HOSTS and self.port not in {25, 465, 587}

    @classmethod
    def parse(cls, url: str) -> "SmtpServer":
        """Read the URL. Raises BadSmtpUrl, also for a password that would travel in the clear."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise BadSmtpUrl("is not a URL") from None  # the cause would quote the password
        if parts.scheme not in _SECURITY or not parts.hostname:
            raise BadSmtpUrl("must be smtp://, smtp+starttls:// or smtps:// and a host")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise BadSmtpUrl("ends after host and port")
        security, default_port = _SECURITY[parts.scheme]
        if parts.username and security == "none" and parts.hostname not in LOOPBACK_HOSTS:
            raise BadSmtpUrl("sends no password in the clear: use smtp+starttls:// or smtps://")
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password or "") if parts.username else None
        return cls(parts.hostname, port or default_port, security, user, password)
