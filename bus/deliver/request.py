"""The HTTP request of one delivery."""

import base64
from dataclasses import dataclass, field

from service_kit.trace import continued

from bus.deliver.planner import Send
from bus.deliver.signing import signature
from bus.model import Held


@dataclass(frozen=True, slots=True)
class Request:
    """A POST. `headers` are `Name: value` lines; they hold credentials."""

    url: str
    headers: tuple[str, ...] = field(repr=False)
    body: bytes = field(repr=False)


def delivery_request(held: Held, batch: Send, now_ms: int) -> Request:
    """The POST that carries a batch, signed and numbered.

    `webhook-id` follows from the subscription and the events, so a retry has the same.
    """
    subscription, progress = held.subscription, held.progress
    first, last = batch.events[0].position, batch.events[-1].position
    body = b"[" + b",".join([event.body for event in batch.events]) + b"]"
    message_id = f"msg_{subscription.id}_{first}_{last}_{len(batch.events)}"
    timestamp_s = now_ms // 1000
    credentials = base64.b64encode(f"{subscription.uuid}:x".encode()).decode()
    signed = signature(subscription.secrets.valid(now_ms), message_id, timestamp_s, body)
    trace = next((event.traceparent for event in batch.events if event.traceparent), None)
    return Request(
        subscription.callback,
        (
            "Content-Type: application/json",
            f"Authorization: Basic {credentials}",
            f"webhook-id: {message_id}",
            f"webhook-timestamp: {timestamp_s}",
            f"webhook-signature: {signed}",
            f"bus-position: {last}",
            f"bus-previous-position: {progress.delivered}",
            f"bus-attempt: {progress.failures + 1}",
            f"traceparent: {continued(trace)}",
            "Accept: application/json",
            "Expect:",  # libcurl would ask "100-continue" first for large bodies
        ),
        body,
    )
