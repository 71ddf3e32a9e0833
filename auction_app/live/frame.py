"""What a browser is told of a bidding: what anybody may see, and nothing else."""

import json
from dataclasses import dataclass

from bids_client import Bidding


@dataclass(frozen=True)
class Frame:
    """One message of a stream, encoded once for all; `version` is the bidding's, and its id."""

    version: int
    data: bytes


def frame_of(bidding: Bidding) -> Frame:
    """The public state as a server-sent event (WHATWG HTML 9.2). Each is whole, so that a browser
    that missed some has lost nothing. It names nobody."""
    state = {
        "version": bidding.version,
        "status": bidding.status,
        "outcome": bidding.outcome,
        "price": bidding.price.to_wire() if bidding.price else None,
        "minimum": bidding.minimum.to_wire() if bidding.minimum else None,
        "bid_count": bidding.bid_count,
        "reserve": bidding.reserve,
        "ends_at_ms": bidding.ends_at_ms,
    }
    data = json.dumps(state, separators=(",", ":"))
    return Frame(bidding.version, f"id: {bidding.version}\ndata: {data}\n\n".encode())


def clock_frame(now_ms: int) -> bytes:
    """The server's time: keeps the stream alive and the browser's countdown right."""
    return b"event: clock\ndata: %d\n\n" % now_ms
