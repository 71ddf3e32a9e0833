"""`/pulse` and `/health`: is the bus well, and does it need more pushers."""

import time
from typing import Any

from service_kit.openapi import Blueprint

from bus.api.documents import refuses
from bus.api.parts import parts, require_anybody

pulse = Blueprint("pulse", __name__, description="Is the bus well")

# routemaster's contract with autoscalers: a slow answer means "more of you".
LAGGING_EVENTS = 1_000
SLOW_ANSWER_S = 1.0


@pulse.get("/pulse")
@pulse.response(204)
@refuses(pulse, 401)
def beat() -> None:
    """204 when the store answers."""
    require_anybody()
    parts().storage.check_alive()


@pulse.get("/pulse/scaling")
@pulse.response(204)
@refuses(pulse, 401)
def scaling() -> None:
    """204, at once when deliveries keep up, after a second when more than 1 000 events wait."""
    require_anybody()
    waiting = sum(state.queued for state in parts().storage.subscriptions.all())
    if waiting > LAGGING_EVENTS:
        time.sleep(SLOW_ANSWER_S)


@pulse.get("/health")
@pulse.doc(security=[])
def health() -> Any:
    """200 while the process lives."""
    return {"status": "ok"}


@pulse.get("/health/ping")
@pulse.get("/health/ping.json")
@pulse.doc(security=[])
def ping() -> Any:
    """200 with the bus's clock in milliseconds."""
    return {"pong": parts().now_ms()}
