"""What can go wrong in the bids service. A refused command is not among it: that is an outcome.

BidsError
├── BadTerms            an auction's terms contradict themselves or can't be read
├── BadCases            a cases file asks for something the simulator doesn't know
├── UnknownAuction      the URL names no auction that we know or can learn
├── AuctionUnreachable  the auction's terms can't be fetched now; try again
└── StoreUnavailable    the database doesn't answer now; try again
"""


class BidsError(Exception):
    """Root of the service's errors."""


class BadTerms(BidsError, ValueError):
    """An auction's terms contradict themselves or can't be read."""


class BadCases(BidsError):
    """A cases file asks for something the simulator doesn't know."""


class UnknownAuction(BidsError):
    """The URL names no auction that we know or can learn."""


class AuctionUnreachable(BidsError):
    """The auction's terms can't be fetched now; trying again may help."""


class StoreUnavailable(BidsError):
    """The database doesn't answer now; trying again may help."""
