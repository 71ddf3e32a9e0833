"""Tell the house what happened, signed as Stripe signs, until it takes it."""

import hashlib
import hmac
import json

from service_kit.backoff import backoff_s
from service_kit.clock import Clock
from service_kit.errors import HttpFailure
from service_kit.http import HttpClient
from service_kit.logs import get_logger

from auction_app.till.config import Config
from auction_app.till.ledger import Document, Ledger
from auction_app.till.press import expire

log = get_logger(__name__)

_LONGEST_PAUSE_S = 60
_TOLD = ("id", "object", "type", "created", "data")


class Teller:
    """Delivers events that are due, in the order in which they were kept."""

    def __init__(self, ledger: Ledger, config: Config, clock: Clock) -> None:
        self._ledger = ledger
        self._config = config
        self._clock = clock
        self._http = HttpClient({config.webhook_url: None}, connect_s=2, read_s=5, total_s=10)

    def close(self) -> None:
        """Close the pooled connections."""
        self._http.close()

    def tell_due(self) -> int:
        """Tell what is due, once each; returns how much. Blocks for the house."""
        now_ms = self._clock()
        expire(self._ledger, now_ms=now_ms)
        due = [
            event
            for event in self._ledger.all_of("event")
            if event["times_left"] and event["due_ms"] <= now_ms
        ]
        for event in due:
            self._tell(event)
        return len(due)

    def _tell(self, event: Document) -> None:
        body = json.dumps({name: event[name] for name in _TOLD}).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(
                self._config.webhook_secret, body, now_s=self._clock() // 1000
            ),
        }
        try:
            self._http.send("POST", self._config.webhook_url, data=body, headers=headers)
        except HttpFailure as error:
            pause_s = backoff_s(event["failures"] + 1, longest_s=_LONGEST_PAUSE_S)
            log.info("not told", event_id=event["id"], why=str(error))
            event["failures"] += 1
            event["due_ms"] = self._clock() + round(pause_s * 1000)
        else:
            event["times_left"] -= 1
        self._ledger.keep(event)


def signature(secret: str, body: bytes, *, now_s: int) -> str:
    """The header `Stripe-Signature` (https://docs.stripe.com/webhooks/signature)."""
    digest = hmac.digest(secret.encode(), b"%d.%b" % (now_s, body), hashlib.sha256)
    return f"t={now_s},v1={digest.hex()}"
