"""Commands that arrive together are carried out in one transaction (docs/decisions/0011)."""

from collections.abc import Callable, Sequence

from service_kit.group_commit import GroupCommit
from service_kit.logs import get_logger

from bids_service.errors import StoreUnavailable
from bids_service.model import Order
from bids_service.storage.books import Verdict

log = get_logger(__name__)

Apply = Callable[[Sequence[Order]], Sequence[Verdict]]
Outcome = Verdict | Exception
"""What became of an order: a verdict, or an error that is its submitter's to raise."""

MOST_AT_ONCE = 100


def carry_out_together(apply: Apply) -> GroupCommit[Order, Outcome]:
    """On one auction only one transaction can be at work: so the hotter it is, the more share it.

    `apply` is all or nothing; when it fails for several orders, each is tried alone, so that one
    bad order harms no other.
    """
    return GroupCommit(
        lambda orders: _all_or_each(apply, orders),
        failed=lambda error: error,
        most=MOST_AT_ONCE,
    )


def _all_or_each(apply: Apply, orders: Sequence[Order]) -> Sequence[Outcome]:
    try:
        return apply(orders)
    except StoreUnavailable:
        raise  # a database that is down is down for each of them
    except Exception as error:
        if len(orders) == 1:
            raise
        log.warning("acting together failed", items=len(orders), error=type(error).__name__)
        return [_alone(apply, order) for order in orders]


def _alone(apply: Apply, order: Order) -> Outcome:
    try:
        return apply([order])[0]
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the submitter's to raise
        return error
