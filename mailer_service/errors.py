"""What can go wrong in the mailer.

MailerError
├── BadEntity            another service's entity lacks what its mail needs (a NotHal)
├── BadSmtpUrl           SMTP_URL can't be used
├── MailRefused          this mail will never be taken
│   └── RecipientRefused the address is refused for good: a hard bounce
├── MailDeferred         this mail can't be taken now
│   └── Unanswered       nothing was said to it in time
└── ServerUnavailable    no mail can be handed over now
"""

from bus_drain.fetch import NotHal


class MailerError(Exception):
    """Root of the mailer's errors."""


class BadEntity(MailerError, NotHal):
    """Another service's entity lacks what its mail needs; the message names the key, no value."""


class BadSmtpUrl(MailerError, ValueError):
    """SMTP_URL can't be used; the message never repeats it."""


class MailRefused(MailerError):
    """This mail will never be taken: a 5xx to its content, or no address to send it to."""


class RecipientRefused(MailRefused):
    """A 5xx to the recipient: mail to that address is no use."""


class MailDeferred(MailerError):
    """The SMTP server can't take this mail now: a 4xx, or the session broke."""


class Unanswered(MailDeferred):
    """The SMTP server said nothing in time, and won't to the next mail: nobody knows whether it has
    this one."""


class ServerUnavailable(MailerError):
    """The SMTP server can't take any mail now: unreachable, too slow, or a bad login."""
