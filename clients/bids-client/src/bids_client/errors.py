"""What can go wrong between a bidder's application and the bids service.

BidsError
├── BidRefused       the rules say no; `reason` is the rule's word, `minimum` what would have done,
│                    `price` what is to be seen first
├── NotFound         no such auction, bidding or bid
├── NotPossible      the service has no link for that now, so nothing was sent
├── CallRefused      another 4xx: a bad token, a reused key, a request of the wrong form
└── BidsUnavailable  no answer that can be used; with the same key a bid may be sent again
"""

from collections.abc import Mapping
from typing import Any

from service_kit.errors import HttpFailure, NotAnAmount
from service_kit.money import Money


class BidsError(HttpFailure):
    """Root of what this client raises."""


class _ProblemError(BidsError):
    """`status` and the `problem` document of the answer; `reason` is its fixed word, if any."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('title', '')}".strip())
        self.status = status
        self.problem = dict(problem)

    @property
    def reason(self) -> str:
        """The fixed word that a program decides on; empty when the answer had none."""
        return str(self.problem.get("reason", ""))


class BidRefused(_ProblemError):
    """The bid was understood and refused; the same bid will be refused again."""

    @property
    def minimum(self) -> Money | None:
        """The least that would have done, when the bid was below it."""
        return self._amount("minimum")

    @property
    def price(self) -> Money | None:
        """The price to be seen first, when an offer was to be at another."""
        return self._amount("price")

    def _amount(self, name: str) -> Money | None:
        try:
            return Money.parse(self.problem.get(name))
        except NotAnAmount:
            return None


class NotFound(_ProblemError):
    """No such auction, bidding or bid."""


class NotPossible(BidsError):
    """The service offers no such action now; look again, and don't offer it to people."""


class CallRefused(_ProblemError):
    """The service did not take the call: its token, its key or its form is wrong."""


class BidsUnavailable(BidsError):
    """No usable answer: whether a bid was taken is unknown until it is sent again with its key.

    `retry_after_s` is how long the service asked to wait, if it did.
    """

    def __init__(self, message: str, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
