"""Who is watching what, in this process."""

import threading
from collections.abc import Callable

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
        self.frame: Frame | None = None
        self._news = threading.Event()
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._looks_begun = 0
        self._refusal: Exception | None = None

    def show(self, frame: Frame) -> None:
        """Make a frame the newest and wake the streams; an older one is ignored."""
        with self._lock:
            if self.frame is None or frame.version > self.frame.version:
                self.frame = frame
                news, self._news = self._news, threading.Event()
                news.set()

    def wake(self) -> None:
        """Let the streams look what else there is."""
        with self._lock:
            news, self._news = self._news, threading.Event()
            news.set()

    def wait_newer(self, version: int, seconds: float) -> Frame | None:
        """The newest frame, once it is newer than `version`; None after so many seconds, or when
        woken."""
        with self._lock:
            news, frame = self._news, self._newer(version)
        if frame is None and news.wait(seconds):
            frame = self._newer(version)
        return frame

    def look(self, act: Callable[[], Exception | None]) -> Exception | None:
        """What looking for the state came to. Those who come at once share one look: any that
        began after they came shows them the truth."""
        begun = self._looks_begun
        with self._looking:
            if self._looks_begun == begun:
                self._looks_begun += 1
                self._refusal = act()
            return self._refusal

    def _newer(self, version: int) -> Frame | None:
        return self.frame if self.frame and self.frame.version > version else None


class Hub:
    """The channels that somebody watches; the last one to leave takes the channel along."""

    def __init__(self, max_streams: int = MAX_STREAMS) -> None:
        self._max_streams = max_streams
        self._by_auction: dict[str, Channel] = {}
        self._by_bidding: dict[str, Channel] = {}
        self._streams = 0
        self._lock = threading.Lock()

    @property
    def streams(self) -> int:
        """How many are open."""
        return self._streams

    def join(self, auction_url: str) -> Channel:
        """The channel of an auction, for one more stream. Raises HubFull."""
        with self._lock:
            if self._streams >= self._max_streams:
                raise HubFull(f"{self._streams} streams are open")
            self._streams += 1
            channel = self._by_auction.setdefault(auction_url, Channel(auction_url))
            channel.streams += 1
            return channel

    def leave(self, channel: Channel) -> None:
        """One stream less."""
        with self._lock:
            self._streams -= 1
            channel.streams -= 1
            if channel.streams == 0:
                del self._by_auction[channel.auction_url]
                self._by_bidding.pop(channel.bidding_url or "", None)

    def learn(self, channel: Channel, bidding_url: str) -> None:
        """From now on what happens to this bidding concerns the channel."""
        with self._lock:
            channel.bidding_url = bidding_url
            self._by_bidding[bidding_url] = channel

    def wake_all(self) -> None:
        """Have every stream look what else there is."""
        with self._lock:
            channels = list(self._by_auction.values())
        for channel in channels:
            channel.wake()

    def watched(self) -> list[tuple[str, Channel]]:
        """Every bidding that somebody watches, by URL, and its channel."""
        with self._lock:
            return list(self._by_bidding.items())

    def watching(self, bidding_url: str) -> Channel | None:
        """The channel that a bidding's changes concern, if somebody watches."""
        with self._lock:
            return self._by_bidding.get(bidding_url)
