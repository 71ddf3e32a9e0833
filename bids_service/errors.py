"""What can go wrong in the bids service. A refused command is not among it: that is an outcome.

BidsError
├── BadTerms            an auction's terms contradict themselves or can't be read
├── UnknownAuction      the URL names no auction that we know or can import
├── AuctionUnreachable  the auction's terms can't be fetched now; try again
├── StillRunning        a command is accepted and not answered yet; its outcome has a URL
├── TablesMissing       the database lacks a table or a column of this version
└── NotProven           a record contradicts itself, the rules or the published result
"""


class BidsError(Exception):
    """Root of the service's errors."""


class BadTerms(BidsError, ValueError):
    """An auction's terms contradict themselves or can't be read."""


class UnknownAuction(BidsError):
    """The URL names no auction that we know or can import."""


class AuctionUnreachable(BidsError):
    """The auction's terms can't be fetched now; trying again may help."""


class StillRunning(BidsError):
    """A command is accepted and not answered yet; its outcome will be at `url`."""

    def __init__(self, url: str) -> None:
        super().__init__("the command has not been carried out yet")
        self.url = url


class TablesMissing(BidsError):
    """The database lacks a table or a column of this version."""


class NotProven(BidsError):
    """A record contradicts itself, the rules or the published result."""
