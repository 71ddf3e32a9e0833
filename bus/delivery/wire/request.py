"""The HTTP request of one delivery (docs/delivery.md D14)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from service_kit.webhooks import delivery_head, message_id

from bus.delivery.in_flight import Delivery
from bus.delivery.wire import cloudevents
from bus.model.event import LogEvent
from bus.model.log_name import MAIN
from bus.model.media_types import CLOUDEVENT, CLOUDEVENTS_BATCH
from bus.model.subscription import Format, Subscription


@dataclass(frozen=True, slots=True)
class Request:
    """A POST. `headers` are `Name: value` lines; they hold credentials."""

    url: str
    headers: tuple[str, ...] = field(repr=False)
    body: bytes = field(repr=False)
    owner: str = ""
    """The client whose subscription it is."""


def delivery_request(
    subscription: Subscription,
    events: Sequence[LogEvent],
    now_ms: int,
    *,
    previous: int = 0,
    attempt: int = 1,
    log: str | None = None,
) -> Request:
    """The POST that carries a batch, signed and numbered.

    `webhook-id` follows from the subscription and the events, so a retry has the same. A test
    event has no position; the time when it was made tells it from the one before.
    `previous` is the last position that was delivered before; `log` is told where there are
    several.
    """
    content_type, body = _written(subscription.format, events)
    trace = next((event.traceparent for event in events if event.traceparent), None)
    head = delivery_head(
        content_type=content_type,
        uuid=subscription.uuid,
        valid_secrets=subscription.secrets.valid(now_ms),
        message_id=_message_id(subscription, events, log),
        now_ms=now_ms,
        body=body,
        position=events[-1].position,
        previous=previous,
        attempt=attempt,
        replay=subscription.replay,
        traceparent=trace,
        log=log,
    )
    # libcurl would ask "100-continue" first for large bodies
    return Request(subscription.callback, (*head, "Expect:"), body, subscription.client)


def _message_id(subscription: Subscription, events: Sequence[LogEvent], log: str | None) -> str:
    """Of the log at home it is what it was when that was the only one."""
    if not events[-1].position:
        return f"msg_{subscription.id}_test_{events[0].published_at_ms}"
    ours = subscription.id if log in {None, MAIN} else f"{subscription.id}_{log}"
    return message_id(ours, [event.position for event in events])


def _written(format: Format, events: Sequence[LogEvent]) -> tuple[str, bytes]:
    if format is Format.ROUTEMASTER:
        return "application/json", b"[" + b",".join([event.body for event in events]) + b"]"
    if format is Format.CLOUDEVENTS:
        return CLOUDEVENTS_BATCH, cloudevents.batch(events)
    (event,) = events  # the subscription's max is 1
    return CLOUDEVENT, cloudevents.structured(event)


class Requests:
    """Makes requests, also ahead, while the one before is on its way.

    What was made ahead lives as long as somebody still means to send that very delivery.
    """

    def __init__(self, log: str | None = None) -> None:
        """`log`: see `delivery_request`."""
        self._log = log
        self._ahead: WeakKeyDictionary[Delivery, Request] = WeakKeyDictionary()

    def make_ahead(self, subscription: Subscription, delivery: Delivery, now_ms: int) -> None:
        """Have the request of this delivery at hand."""
        self._ahead[delivery] = self._made(subscription, delivery, now_ms)

    def of(self, subscription: Subscription, delivery: Delivery, now_ms: int) -> Request:
        """The request of this delivery."""
        return self._ahead.pop(delivery, None) or self._made(subscription, delivery, now_ms)

    def _made(self, subscription: Subscription, delivery: Delivery, now_ms: int) -> Request:
        return delivery_request(
            subscription,
            delivery.events,
            now_ms,
            previous=delivery.previous,
            attempt=delivery.attempt,
            log=self._log,
        )
