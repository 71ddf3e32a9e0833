"""Commands that arrive together are applied in one transaction (docs/decisions/0011)."""

from collections.abc import Callable, Sequence

from service_kit.errors import StoreUnavailable
from service_kit.group_commit import GroupCommit
from service_kit.logs import get_logger

from bids_service.commands.apply import Verdict
from bids_service.model import CommandRequest

log = get_logger(__name__)

Apply = Callable[[Sequence[CommandRequest]], Sequence[Verdict]]
Outcome = Verdict | Exception
"""What became of a request: a verdict, or an error that is its submitter's to raise."""

MOST_AT_ONCE = 100


def apply_in_groups(apply: Apply) -> GroupCommit[CommandRequest, Outcome]:
    """On one auction only one transaction can be at work: so the hotter it is, the more share it.

    `apply` is all or nothing; when it fails for several requests, each is tried alone, so that one
    bad request harms no other.
    """
    return GroupCommit(
        lambda requests: _all_or_each(apply, requests),
        failed=lambda error: error,
        most=MOST_AT_ONCE,
    )


def _all_or_each(apply: Apply, requests: Sequence[CommandRequest]) -> Sequence[Outcome]:
    try:
        return apply(requests)
    except StoreUnavailable:
        raise  # a database that is down is down for each of them
    except Exception as error:
        if len(requests) == 1:
            raise
        log.warning("acting together failed", items=len(requests), error=type(error).__name__)
        return [_alone(apply, request) for request in requests]


def _alone(apply: Apply, request: CommandRequest) -> Outcome:
    try:
        return apply([request])[0]
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the submitter's to raise
        return error
