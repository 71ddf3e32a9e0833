"""From what consumers want to requests on their way, and from answers back to consumers."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from service_kit.errors import StoreUnavailable
from service_kit.logs import get_logger

from bus.delivery.answer import Answer
from bus.delivery.asked import Resend
from bus.delivery.batching import Fetch, Idle, Wait
from bus.delivery.consumer import Consumer
from bus.delivery.fetcher import Fetcher
from bus.delivery.in_flight import Delivery, Kind
from bus.delivery.parked import RetryParked
from bus.delivery.records.attempt_log import Exchange
from bus.delivery.registry import ConsumerRegistry
from bus.delivery.response import Acknowledged, Failed, Outcome, classify
from bus.delivery.run_queue import RunQueue
from bus.delivery.settler import Settler
from bus.delivery.timeline import Timeline
from bus.delivery.wire.http_client import HttpClient
from bus.delivery.wire.request import Request, Requests
from bus.model.delivery import LastAnswer
from bus.storage.parked import ParkedEntities
from bus.storage.resends import Resends

log = get_logger(__name__)

_READS_AT_ONCE = 4
_SET_ASIDE_MS = 30_000


@dataclass(frozen=True, slots=True)
class _Sent:
    consumer: Consumer
    delivery: Delivery
    request: Request = field(repr=False)
    at_ms: int


class Dispatcher:
    """Sends what is due, and takes in what comes of it."""

    def __init__(
        self,
        parked: ParkedEntities,
        resends: Resends,
        client: HttpClient,
        *,
        registry: ConsumerRegistry,
        run_queue: RunQueue,
        fetcher: Fetcher,
        settler: Settler,
        timeline: Timeline,
        log: str | None = None,
    ) -> None:
        """`log` is told to subscribers, where there are several."""
        self._parked = parked
        self._resends = resends
        self._client = client
        self._registry = registry
        self._run_queue = run_queue
        self._fetcher = fetcher
        self._settler = settler
        self._timeline = timeline
        self._now_ms = timeline.now_ms
        self._requests = Requests(log)
        self._count = 0
        self._unanswered: dict[int, _Sent] = {}  # by number of the request
        self._answers: deque[Answer] = deque()
        self._behind: dict[Consumer, None] = {}
        self._exchanges: list[Exchange] = []

    def send_due(self) -> bool:
        """Send what may be sent; whether there was anything."""
        before = self._count
        self._run_queue.look_at_due(self._now_ms(), self._look)
        return self._count > before

    def prefetch(self) -> bool:
        """While subscribers are busy, read what their next batches are made of, and make them.

        Whether any of them has a backlog.
        """
        is_behind = bool(self._behind)
        for consumer in self._behind:
            self._fetcher.fill_ahead(consumer)
            now_ms = self._now_ms()
            made = consumer.prefetch(now_ms)
            if made is not None:
                self._requests.make_ahead(
                    consumer.subscription, made, self._timeline.stored_ms(now_ms)
                )
        self._behind.clear()
        return is_behind

    def take_in(self, answers: Iterable[Answer]) -> None:
        """Let the consumers take in what came of their deliveries. Those that a failure keeps
        from it are taken in the next time."""
        self._answers.extend(answers)
        while self._answers:
            self._answered(self._answers.popleft())

    def _answered(self, answer: Answer) -> None:
        sent = self._unanswered.pop(answer.key)
        now_ms, consumer, delivery = self._now_ms(), sent.consumer, sent.delivery
        response = classify(answer, delivery.events, self._timeline.stored_ms(now_ms))
        why = response.why if isinstance(response, Failed) else None
        error = why or answer.error
        exchange = Exchange(
            consumer.subscription,
            sent.request,
            answer,
            self._timeline.stored_ms(sent.at_ms),
            now_ms - sent.at_ms,
            delivery.attempt,
            delivery.events,
            error=why,
            resend=delivery.kind is Kind.RESEND,
            refused=len(response.failed) if isinstance(response, Acknowledged) else 0,
        )
        self._exchanges.append(exchange)
        if not consumer.is_held:
            return
        if isinstance(response, Failed):
            log.warning(
                "delivery failed",
                subscriber=consumer.subscription.client,
                subscription=consumer.subscription.name,
                position=delivery.events[-1].position,
                events=len(delivery.events),
                attempt=delivery.attempt,
                status=answer.status,
                error=error,
            )
        body = b"" if response == Acknowledged() else exchange.answer_body()
        shown = LastAnswer(answer.status, error, now_ms)
        consumer.answered(delivery, Outcome(response, shown, body))
        self._run_queue.wake(consumer.subscription.id)
        self._settler.add(consumer)

    def take_exchanges(self) -> list[Exchange]:
        """What has been answered since the last time, for the record."""
        exchanges, self._exchanges = self._exchanges, []
        return exchanges

    def _look(self, subscription_id: int) -> None:
        consumer = self._registry.find(subscription_id)
        if consumer is None:
            self._registry.take_again(subscription_id)
            return
        try:
            self._look_at(consumer)
        except StoreUnavailable:
            raise
        except Exception:  # nobody else waits for what is wrong with this one
            ours = consumer.subscription
            log.exception("not delivered", subscriber=ours.client, subscription=ours.name)
            self._registry.set_aside(consumer)
            self._run_queue.sleep(ours.id, self._now_ms() + _SET_ASIDE_MS)

    def _look_at(self, consumer: Consumer) -> None:
        """Do what a consumer wants, until it wants nothing more or has read a lot."""
        reads = 0
        while True:
            wanted = consumer.next(self._now_ms())
            if isinstance(wanted, Fetch):
                reads += 1
                if reads > _READS_AT_ONCE or self._fetcher.fill(consumer):
                    self._run_queue.wake(consumer.subscription.id)
                    return
            elif self._send_next(consumer, wanted):
                reads = 0
            else:
                return

    def _send_next(
        self, consumer: Consumer, wanted: Delivery | RetryParked | Resend | Wait | Idle
    ) -> bool:
        """Whether something was sent, so that more may be wanted."""
        match wanted:
            case Delivery():
                self._send(consumer, wanted)
                return True
            case RetryParked(url):
                return self._retry(consumer, url)
            case Resend(id, positions):
                return self._resend(consumer, id, positions)
            case Wait(until_ms):
                self._run_queue.sleep(consumer.subscription.id, until_ms)
        return False

    def _send(self, consumer: Consumer, delivery: Delivery) -> None:
        now_ms = self._now_ms()
        signed_ms = self._timeline.stored_ms(now_ms)
        request = self._requests.of(consumer.subscription, delivery, signed_ms)
        self._count += 1
        self._unanswered[self._count] = _Sent(consumer, delivery, request, now_ms)
        self._client.start(self._count, request)
        if delivery.kind is Kind.BATCH and consumer.backlog.has_more:
            self._behind[consumer] = None

    def _resend(self, consumer: Consumer, id: int, positions: Sequence[int]) -> bool:
        events = self._resends.events(consumer.subscription.id, positions)
        most = consumer.subscription.format.max_events or len(events)
        is_whole = len(events) == len(positions) <= most  # else it changed since it was asked for
        delivery = consumer.resend(id, events if is_whole else ())
        if delivery is None:
            self._settler.add(consumer)
        else:
            self._send(consumer, delivery)
        return True

    def _retry(self, consumer: Consumer, url: str) -> bool:
        self._settler.settle()  # what was parked just now is read from the store like the rest
        if not consumer.is_open:
            return False
        subscription = consumer.subscription
        events = self._parked.events(subscription.id, url, subscription.max_events)
        delivery = consumer.retry(url, events)
        if delivery is None:
            self._settler.add(consumer)
        else:
            self._send(consumer, delivery)
        return True
