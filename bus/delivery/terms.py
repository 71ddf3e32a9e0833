"""What all subscriptions of an installation have in common."""

from collections.abc import Callable
from dataclasses import dataclass

from bus.delivery.reporting import ReportUrl, nowhere


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every subscription of the installation."""

    log_identity: Callable[[], str]
    give_up_ms: int
    chance: Callable[[], float]
    report_url: ReportUrl = nowhere
