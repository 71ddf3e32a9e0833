"""What can go wrong in the web app.

AuctionAppError
├── BadInput               a form's fields, each with a word for what is wrong
├── AmountUnclear          an amount that two readers would read differently
├── PhotoRefused           a file that is no photo we take
├── NotFound               nothing there, or nothing that this visitor may see
│   └── Removed            was there for everybody, and was taken off
├── SpoiltRow              stored, but so spoilt that nothing can be made of it
├── EmailTaken             the address has an account (never told to a visitor)
├── NoSession              the visitor has to sign in
│   └── SessionExpired     was signed in, but too long ago or revoked
├── WrongCredentials       address and password do not belong together
├── AccountClosed          a moderator has closed the account
├── WrongPassword          the account's own password is asked for, and this is not it
├── WrongCode              not a code of the account's app or paper, or one that was used
│   └── CodeUnreadable     the app's secret opens under none of the house's keys
├── SecondStepOver         the password has to be asked for again before the second step
├── SecondFactorNeeded     what a password alone does not open
├── PasskeyRefused         a browser's answer that proves nothing; its text says why
├── TooManyAttempts        done too often; carries retry_after_s
├── CommandRefused         the rules say no to a bid, buying at once, retracting, ending early
├── TooMany                as many drafts as one may have; carries limit
├── NotVerified            needs a verified e-mail address first
├── LinkDead               a link from a mail that is forged, used up or too old
├── NotTheirLink           a link from a mail to another account
├── TooSoon                a mail was asked for just now; carries retry_after_s
├── TicketRefused          a bid's confirmation that we did not issue to this visitor
├── PriceMoved             the price is no longer the one that was reviewed
├── CursorRefused          a place in a list that nobody of this account was given
├── NotPossible            what the state of things does not allow (any more); carries reason
├── Vetoed                 a hook does not let it happen; carries why
├── ProviderAway           who takes the money can't answer now
├── ProviderRefused        who takes the money says no; asking again would not help
├── WebhookRefused         not signed by whom it should be from, or too long ago
├── BooksUnavailable       the service that keeps the books can't answer now
├── FetchFailed            an entity of the bids service can't be fetched now
└── BidsUnavailable        the bids service can't answer now; carries retry_after_s
"""

from collections.abc import Mapping

from service_kit.money import Money


class AuctionAppError(Exception):
    """Root of all errors of the web app."""


class BadInput(AuctionAppError):
    """`fields` maps each bad field to a word that says what is wrong with it."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {word}" for name, word in fields.items()))
        self.fields = dict(fields)


class AmountUnclear(AuctionAppError):
    """An amount that two readers would read differently, such as "1.234"."""


class PhotoRefused(AuctionAppError):
    """`reason` is one word: missing, too_big, not_an_image, too_many_pixels, too_small,
    too_costly."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotFound(AuctionAppError):
    """Nothing there, or nothing that this visitor may see."""


class Removed(NotFound):
    """An item that everybody could see until it was taken off."""


class SpoiltRow(AuctionAppError):
    """Stored, but so spoilt that nothing can be made of it; the log has its row."""


class EmailTaken(AuctionAppError):
    """The address has an account already."""


class NoSession(AuctionAppError):
    """The visitor has to sign in."""


class SessionExpired(NoSession):
    """The visitor was signed in, but too long ago, or the session was revoked."""


class WrongCredentials(AuctionAppError):
    """Address and password do not belong together, whichever of the two is wrong."""


class AccountClosed(AuctionAppError):
    """A moderator has closed the account of that id."""

    def __init__(self, customer_id: str) -> None:
        super().__init__("closed by a moderator")
        self.customer_id = customer_id


class WrongPassword(AuctionAppError):
    """Not the password of the account that is signed in."""


class WrongCode(AuctionAppError):
    """Not a code of the account's app, no recovery code that is left, or one that was used."""


class CodeUnreadable(WrongCode):
    """A code of the app can't be checked: its secret was sealed under a key that we have not
    got. Other ways in still work."""


class SecondStepOver(AuctionAppError):
    """Too long after the password, or it was changed since: signing in begins anew."""


class SecondFactorNeeded(AuctionAppError):
    """The session was opened with a password alone, which is not enough for this."""


class PasskeyRefused(AuctionAppError):
    """What a browser says of a passkey proves nothing; the text says why, for the log."""


class _Later(AuctionAppError):
    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class TooManyAttempts(_Later):
    """Done too often; again in `retry_after_s` seconds."""


class TooSoon(_Later):
    """A mail was asked for a moment ago; the next one in `retry_after_s` seconds."""


class BidsUnavailable(_Later):
    """The bids service can't answer now; try in `retry_after_s` seconds."""


class Vetoed(AuctionAppError):
    """A hook does not let it happen; `why` is for whoever wanted it to."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class ProviderAway(AuctionAppError):
    """Who takes the money can't answer now; its text says why."""


class ProviderRefused(AuctionAppError):
    """Who takes the money says no, and would again; its text says why."""


class WebhookRefused(AuctionAppError):
    """A webhook that is not signed by whom it should be from, or too long ago."""


class BooksUnavailable(AuctionAppError):
    """The service that keeps the books can't answer now."""


class FetchFailed(AuctionAppError):
    """An entity of the bids service can't be fetched now; its text says why."""


class CommandRefused(AuctionAppError):
    """What was asked for is not possible now; `reason` is the rule's word, `minimum` the least
    that a bid would have to be, where that is why."""

    def __init__(self, reason: str, minimum: Money | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.minimum = minimum


class TooMany(AuctionAppError):
    """There are as many of them as one may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"at most {limit}")
        self.limit = limit


class NotVerified(AuctionAppError):
    """The account's e-mail address has to be verified first."""


class LinkDead(AuctionAppError):
    """A link from a mail that is forged, used up or too old."""


class NotTheirLink(AuctionAppError):
    """A link from a mail that went to another account than the one signed in."""


class TicketRefused(AuctionAppError):
    """A bid's confirmation that was not issued to this visitor for this item."""


class PriceMoved(AuctionAppError):
    """The price is no longer the one that the bidder has reviewed."""


class CursorRefused(AuctionAppError):
    """A place in a list that nobody of this account was given; its text says why."""


class NotPossible(AuctionAppError):
    """What the state of things does not allow, or not any more; `reason` is a fixed word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
