"""What can go wrong in accounting.

AccountingError
├── NotBooked        what a payment says can't be booked
├── SomeoneAway      who owns the payments gives no answer: look again
└── Unbalanced       a journal's postings don't add up to zero
"""


class AccountingError(Exception):
    """Root of accounting's errors."""


class NotBooked(AccountingError):
    """What a payment says can't be booked: people have to look. The message is one clear line."""


class SomeoneAway(AccountingError):
    """Who owns the payments gives no answer, or refuses our token: look again later."""


class Unbalanced(AccountingError, ValueError):
    """A journal's postings don't add up to zero in each currency."""
