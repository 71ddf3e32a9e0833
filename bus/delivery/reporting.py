"""What of a subscription's course is to be told on the bus's own topic (docs/delivery.md D35)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from bus.model.delivery import EndpointHealth, Settlement
from bus.model.paths import subscription_path
from bus.model.report import FAILURES_TOLD, Alert, News, Report
from bus.model.subscription import Subscription
from bus.model.topic import SYSTEM_TOPIC

ReportUrl = Callable[[Subscription], str | None]
"""What a subscription is known by outside; None: nothing is told of it."""

_TROUBLES = {Alert.FAILING, Alert.DISABLED}


def nowhere(_: Subscription) -> str | None:
    """Tell nothing."""
    return None


def report_url(public_url: str | None) -> ReportUrl:
    """For a bus that is found there; one that is found nowhere tells nothing.

    Who listens to these reports is not reported on: what it fails at would be told to itself, or
    to another who fails at that, for ever.
    """
    if public_url is None:
        return nowhere

    def url(subscription: Subscription) -> str | None:
        if any(one.topic == SYSTEM_TOPIC for one in subscription.filters):
            return None
        return public_url + subscription_path(subscription.client, subscription.name)

    return url


class Reporting:
    """What was told of one subscription, and what is to be told with its next settlement."""

    def __init__(self, alerts: Iterable[str], url: ReportUrl) -> None:
        self._url = url
        self._alerts = {Alert(one) for one in alerts}
        self._lost: tuple[int, int] | None = None
        self.is_open = bool(self._alerts & _TROUBLES)
        """Whether good news is waited for, or a loss is to be told."""

    def lost(self, first: int, last: int) -> None:
        """Events from one position to another are gone unseen."""
        self._lost, self.is_open = (first, last), True

    def with_reports(self, subscription: Subscription, settlement: Settlement) -> Settlement:
        """With what is to be told once this is stored; the store leaves out what was told."""
        news = list(self._news(settlement))
        url = self._url(subscription) if news else None
        if url is None:
            return settlement
        ours, change = subscription.id, settlement.change
        reason = change.disable if change else None
        reports = [Report(ours, url, one, reason, self._lost) for one in news]
        return replace(settlement, reports=reports)

    def told(self, reports: Sequence[Report]) -> None:
        """That is stored."""
        for one in reports:
            match one.news:
                case News.FAILING:
                    self._alerts.add(Alert.FAILING)
                case News.DISABLED:
                    self._alerts.add(Alert.DISABLED)
                case News.RECOVERED:
                    self._alerts -= _TROUBLES
                case News.RESYNC:
                    self._lost = None
        self.is_open = bool(self._alerts & _TROUBLES or self._lost)

    def _news(self, settlement: Settlement) -> Iterator[News]:
        health, change = settlement.health, settlement.change
        if health.failures >= FAILURES_TOLD and Alert.FAILING not in self._alerts:
            yield News.FAILING
        if self._alerts & _TROUBLES and settlement.sent and _is_well(health):
            yield News.RECOVERED
        if change and change.dead_letters:
            yield News.DEAD_LETTERS
        if change and change.disable:
            yield News.DISABLED
        if self._lost:
            yield News.RESYNC


def _is_well(health: EndpointHealth) -> bool:
    return not health.failures and not health.is_bisecting
