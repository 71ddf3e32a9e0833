"""Deliveries as spans of the traces that their events were published in."""

from service_kit.trace import is_recording, record

from bus.delivery.records.attempt_log import Exchange

_HEADER = "traceparent: "
_NS = 1_000_000


def record_delivery(exchange: Exchange) -> None:
    """Record an attempt that carried the trace of its first event, if anybody takes spans."""
    if not is_recording():
        return
    parent = next((event.traceparent for event in exchange.events if event.traceparent), None)
    if parent is None:
        return
    answer, subscription = exchange.answer, exchange.subscription
    carried = next(line for line in exchange.request.headers if line.startswith(_HEADER))
    record(
        f"deliver to {subscription.client}",
        "producer",
        ours=carried.removeprefix(_HEADER),
        before=parent,
        began_ns=exchange.at_ms * _NS,
        ended_ns=(exchange.at_ms + exchange.duration_ms) * _NS,
        error=None if exchange.passed else exchange.error or answer.error or "refused",
        attributes={
            "bus.subscription": subscription.name,
            "bus.attempt": exchange.attempt,
            "bus.events": len(exchange.events),
            "http.response.status_code": answer.status or 0,
        },
    )
