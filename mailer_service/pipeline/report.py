"""Tells whoever runs the bus what the bus tells of its subscriptions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bus_drain import Event
from bus_drain.fetch import FetchError, Missing
from service_kit.clock import Clock
from service_kit.logs import get_logger
from service_kit.trace import current_traceparent, tracing

from mailer_service.entities.fetch import Entities
from mailer_service.letters.compose_report import compose_report
from mailer_service.model.entities import Subscription
from mailer_service.model.mails import Letter
from mailer_service.model.reports import Operator, SubscriptionNews
from mailer_service.notices.reports import HOUR_MS, news, next_mail_ms, path_of, report_from
from mailer_service.storage.reports import Reports, Waiting

log = get_logger(__name__)


class ReportReceiver:
    """A listener of topic `bus`. `notify` wakes whoever looks: it must not fail."""

    def __init__(self, reports: Reports, notify: Callable[[], None], clock: Clock) -> None:
        self._reports = reports
        self._notify = notify
        self._clock = clock

    def __call__(self, events: Sequence[Event]) -> None:
        """Returns once the events are on disk; may be repeated."""
        found = [report for event in events if (report := report_from(event)) is not None]
        if found:
            self._reports.put(found, now_ms=self._clock())
            self._notify()
            log.info("reports received", reports=len(found))


@dataclass(frozen=True)
class Reporter:
    """Turns reports into letters that are ready to be sent: one for all that has come together.
    May be repeated, also at the same time. `bus_url` is where the subscriptions are looked at."""

    reports: Reports
    entities: Entities
    operator: Operator
    bus_url: str
    notify: Callable[[], None]
    clock: Clock

    def __call__(self) -> bool:
        """Write of what waits, if it has waited long enough; whether there was anything. Blocks
        on the bus, and does without it."""
        waiting = self.reports.waiting()
        if waiting is None or not self._is_due(waiting.first_ms):
            return False
        with tracing(None, "report"):
            self._tell(waiting)
        self.notify()
        return True

    def _tell(self, waiting: Waiting) -> None:
        said = news(waiting.reports, waiting.told)
        letters = list(self._letters(said, waiting.number))
        is_told = self.reports.tell(
            waiting.reports,
            letters,
            traceparent=current_traceparent(),
            now_ms=self.clock(),
        )
        if is_told:
            log.info("operator is told", reports=len(waiting.reports), mails=len(letters))

    def _is_due(self, first_ms: int) -> bool:
        now_ms = self.clock()
        recipient_url = _recipient(self.operator.addresses[0])
        sent_ms = self.reports.sent_since(recipient_url, now_ms - HOUR_MS)
        return next_mail_ms(first_ms, sent_ms, self.operator.per_hour) <= now_ms

    def _letters(
        self, said: Sequence[SubscriptionNews], number: int
    ) -> Iterator[tuple[str, str, Letter]]:
        subscription = None
        if len(said) == 1:
            try:
                subscription = self._look(said[0].url)
            except Missing:
                log.info("what was told of is gone", subscription=said[0].url)
                return
        for address in self.operator.addresses:
            letter = compose_report(
                said, self.operator, address=address, number=number, now=subscription
            )
            yield said[0].url, _recipient(address), letter

    def _look(self, url: str) -> Subscription | None:
        """The subscription as it is now, for what it got as its last answer; None where the bus
        doesn't say."""
        try:
            return self.entities.subscription(f"{self.bus_url}{path_of(url)}")
        except Missing:
            raise
        except FetchError as error:
            log.warning("subscription not looked at", subscription=url, why=str(error))
            return None


def _recipient(address: str) -> str:
    return f"mailto:{address}"
