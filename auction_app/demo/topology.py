"""Subscriptions to look at in the bus's console: one in each kind of trouble, made once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auction_app.demo.config import Config

REFUSED = "demabrasslmp"
"""The item whose events one receiver refuses."""
_UUID = "whoever-delivers"
_TOPICS = ("auctions", "customers")


@dataclass(frozen=True)
class DemoTopology:
    """It publishes nothing, and is put nowhere again once somebody has seen it: what was mended
    stays so. That is more than a service says of itself."""

    receiver_url: str

    def document(self, token: str) -> dict[str, Any]:
        """A line for `python -m bus.cli declare`."""
        return {"token": token, "seeds": self._seeds()}

    def _seeds(self) -> Mapping[str, Any]:
        misspelt = self._to(self.receiver_url.removesuffix("r"))
        refused = self._to(f"{self.receiver_url}/refuses/{REFUSED}")
        once_more = {"retry": {"parked_ms": [1_000]}}
        return {
            "demo-wrong-address": misspelt,
            "demo-one-refused": refused | {"topics": ["auctions"]} | once_more,
            "demo-paused": self._to(self.receiver_url) | {"paused": True},
        }

    def _to(self, callback: str) -> dict[str, Any]:
        return {"topics": _TOPICS, "callback": callback, "uuid": _UUID, "max": 20}


def topology(config: Config | None) -> DemoTopology | None:
    """None where there is no demo."""
    return DemoTopology(config.receiver_url) if config else None
