"""What can go wrong in the bids service.

BidsError
├── BadTerms            an auction's terms contradict themselves or can't be read
└── BadCases            a cases file asks for something the simulator doesn't know
"""


class BidsError(Exception):
    """Root of the service's errors."""


class BadTerms(BidsError, ValueError):
    """An auction's terms contradict themselves or can't be read."""


class BadCases(BidsError):
    """A cases file asks for something the simulator doesn't know."""
