"""Who is watching what, in this process."""

import threading

from auction_app.live.frame import Frame

MAX_STREAMS = 10_000


class HubFull(Exception):
    """As many streams are open as this process holds."""


class Channel:
    """One auction's newest frame and those who wait for it.

    A stream has no queue of its own: it remembers the version it wrote last and takes whatever
    is newest when it is ready. So a slow browser skips frames, and costs no memory.
    """

    def __init__(self, auction_url: str) -> None:
        self.auction_url = auction_url
        self.bidding_url: str | None = None
        self.streams = 0
        self.loading = threading.Lock()
        self._frame: Frame | None = None
        self._changed = threading.Condition()

    @property
    def loaded(self) -> bool:
        """Whether there is a frame."""
        return self._frame is not None

    def show(self, frame: Frame) -> None:
        """Make a frame the newest and wake the streams; an older one is ignored."""
        with self._changed:
            if self._frame is None or frame.version > self._frame.version:
                self._frame = frame
                self._changed.notify_all()

    def wait_newer(self, version: int, seconds: float) -> Frame | None:
        """The newest frame, once it is newer than `version`; None after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._newer(version) is not None, seconds)
            return self._newer(version)

    def _newer(self, version: int) -> Frame | None:
        return self._frame if self._frame and self._frame.version > version else None


class Hub:
    """The channels that somebody watches; the last one to leave takes the channel along."""

    def __init__(self, max_streams: int = MAX_STREAMS) -> None:
        self._max_streams = max_streams
        self._channels: dict[str, Channel] = {}
        self._learnt: set[str] = set()  # the bidding URLs of the channels that know theirs
        self._streams = 0
        self._lock = threading.Lock()

    def join(self, auction_url: str) -> Channel:
        """The channel of an auction, for one more stream. Raises HubFull."""
        with self._lock:
            if self._streams >= self._max_streams:
                raise HubFull(f"{self._streams} streams are open")
            self._streams += 1
            channel = self._channels.setdefault(auction_url, Channel(auction_url))
            channel.streams += 1
            return channel

    def leave(self, channel: Channel) -> None:
        """One stream less."""
        with self._lock:
            self._streams -= 1
            channel.streams -= 1
            if channel.streams == 0:
                del self._channels[channel.auction_url]
                self._learnt.discard(channel.bidding_url or "")

    def watched(self, bidding_url: str) -> bool:
        """Whether a change of this bidding may concern a stream: it is watched, or some channel
        has not learnt its bidding's URL yet."""
        with self._lock:
            return bidding_url in self._learnt or len(self._learnt) < len(self._channels)

    def show(self, auction_url: str, bidding_url: str, frame: Frame) -> None:
        """Show a frame to the auction's streams, if there are any."""
        with self._lock:
            channel = self._channels.get(auction_url)
            if channel is None:
                return
            channel.bidding_url = bidding_url
            self._learnt.add(bidding_url)
        channel.show(frame)
