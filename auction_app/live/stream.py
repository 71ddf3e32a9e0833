"""One browser's stream."""

from collections.abc import Iterator

from service_kit.clock import Clock

from auction_app.live.announcements import Announcements
from auction_app.live.frame import clock_frame
from auction_app.live.hub import Channel

HEARTBEAT_S = 15.0
ROUNDS = 240
"""After so many heartbeats a stream ends and its browser comes again: an hour at the least."""


def stream(
    channel: Channel,
    version: int,
    announcements: Announcements,
    clock: Clock,
    *,
    heartbeat_s: float = HEARTBEAT_S,
) -> Iterator[bytes]:
    """The frames newer than `version`, what the house announces, and the time at the start and
    whenever nothing happens.

    Blocks between frames. A browser that went away is noticed when the next one is written.
    """
    told = announcements.for_newcomer()
    yield b"retry: 2000\n" + clock_frame(clock()) + told.frame
    for _ in range(ROUNDS):
        while True:
            while announcements.latest.number != told.number:  # also what comes while it is sent
                told = announcements.latest
                yield told.frame
            frame = channel.wait_newer(version, heartbeat_s)
            if frame is None:
                break
            version = frame.version
            yield frame.data
        yield clock_frame(clock())
