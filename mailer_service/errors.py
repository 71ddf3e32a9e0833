"""What can go wrong in the mailer.

MailerError
├── BadEntity       another service's entity lacks what its mail needs
├── BadSmtpUrl      SMTP_URL can't be used
├── MailRefused     the SMTP server will never take this mail
└── MailDeferred    the SMTP server can't take it now
"""


class MailerError(Exception):
    """Root of the mailer's errors."""


class BadEntity(MailerError):
    """Another service's entity lacks what its mail needs; the message names the key, no value."""


class BadSmtpUrl(MailerError, ValueError):
    """SMTP_URL can't be used; the message never repeats it."""


class MailRefused(MailerError):
    """The SMTP server will never take this mail: a 5xx to its recipient or its content."""


class MailDeferred(MailerError):
    """The SMTP server can't take the mail now: unreachable, too slow, a 4xx, or a bad login."""
