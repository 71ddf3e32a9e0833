"""Deliveries of the bus that are signed beforehand, so that a load has only to send them."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path

from tests.bench.drain_apps import SECRET, UUID

DELIVERIES_LUA = Path(__file__).with_name("deliveries.lua")
"""wrk's script for a file of them."""


def write_deliveries(file: Path, *, batches: int, events: int) -> None:
    """Write so many batches of so many events each; no URL comes twice."""
    authorization = "Basic " + base64.b64encode(f"{UUID}:x".encode()).decode()
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    now_s = int(time.time())
    with file.open("w") as lines:
        for number in range(batches):
            body = _body(number * events, events)
            signed = hmac.digest(key, f"{number}.{now_s}.{body}".encode(), hashlib.sha256)
            signature = f"v1,{base64.b64encode(signed).decode()}"
            lines.write(f"{authorization}\t{number}\t{now_s}\t{signature}\t{body}\n")


def _body(first: int, events: int) -> str:
    return json.dumps(
        [
            {
                "topic": "bids",
                "type": "create",
                "url": f"https://bids.example/bids/{place}",
                "t": 1_700_000_000_000 + place,
                "id": f"9f3a7c21-{place}",
                "position": place,
            }
            for place in range(first, first + events)
        ]
    )
