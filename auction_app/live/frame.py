"""What a browser is told of a bidding: what anybody may see, and nothing else."""

import json
from dataclasses import dataclass

from bids_client import Bidding


@dataclass(frozen=True)
class Frame:
    """One message of a stream, encoded once for all; `version` is the bidding's, and its id."""

    version: int
    data: bytes


TOGETHER = 100
"""So many browsers may ask the web app for more at once."""
APART_MS = 3
"""What each browser more adds to the time over which they all ask."""


def frame_of(bidding: Bidding, streams: int = 0) -> Frame:
    """The public state as a server-sent event (WHATWG HTML 9.2), for so many streams. Each is
    whole, so that a browser that missed some has lost nothing. It names nobody."""
    state = {
        "version": bidding.version,
        "status": bidding.status,
        "outcome": bidding.outcome,
        "price": bidding.price.to_wire() if bidding.price else None,
        "minimum": bidding.minimum.to_wire() if bidding.minimum else None,
        "bid_count": bidding.bid_count,
        "reserve": bidding.reserve,
        "ends_at_ms": bidding.ends_at_ms,
        "spread_ms": spread_ms(streams),
    }
    data = json.dumps(state, separators=(",", ":"))
    return Frame(bidding.version, f"id: {bidding.version}\ndata: {data}\n\n".encode())


def spread_ms(streams: int) -> int:
    """Over how long browsers fetch what the frame has not: the web app writes some hundred pages
    a second, and thousands of browsers hear of a bid within the same tenth of one.

    | streams | 2 | 100 | 1 100 | 5 100 |
    |---------|---|-----|-------|-------|
    | ms      | 0 | 0   | 3 000 | 15 000 |
    """
    return max(0, streams - TOGETHER) * APART_MS


def clock_frame(now_ms: int) -> bytes:
    """The server's time: keeps the stream alive and the browser's countdown right."""
    return b"event: clock\ndata: %d\n\n" % now_ms
