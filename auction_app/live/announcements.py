"""What the house announces: told to every stream."""

import json
import threading
from dataclasses import dataclass

from service_kit.clock import Clock
from service_kit.logs import get_logger

from auction_app.live.web_app import Announced, NotAnnounced, WebApp, WebAppAway

log = get_logger(__name__)


@dataclass(frozen=True)
class HouseNews:
    """What the streams are to have told, the `number`-th thing; `frame` is empty for nothing."""

    number: int
    frame: bytes


class Announcements:
    """The latest, as a frame. It has no id: what a stream resumes from stays what it was."""

    def __init__(self, web_app: WebApp, clock: Clock) -> None:
        self._web_app = web_app
        self._clock = clock
        self._told = HouseNews(0, b"")
        self._current: Announced | None = None
        self._is_known = False
        self._lock = threading.Lock()

    @property
    def latest(self) -> HouseNews:
        """What a stream that is open is to tell, if it told less."""
        return self._told

    def for_newcomer(self) -> HouseNews:
        """What a stream that opens begins with: nothing of what is over. Asks, if nobody did yet;
        while that can't be done, there is nothing to tell."""
        if not self._is_known:
            self.look_again()
        told, current = self._told, self._current
        is_over = current is None or current.is_over(self._clock())
        return HouseNews(told.number, b"") if is_over else told

    def look_again(self) -> bool:
        """Whether there is something that was not told; see `tell` for what becomes of it. It is
        not known what was announced while the web app is away."""
        try:
            to_come = self._web_app.announcements()
        except WebAppAway as error:
            log.warning("announcements not seen", error=str(error))
            return False
        self._is_known = True
        return self._keep(to_come[0]) if to_come else False

    def tell(self, url: str) -> bool:
        """Take what was announced or ended; whether that is news. Raises WebAppAway."""
        try:
            announced = self._web_app.announcement(url)
        except NotAnnounced as error:
            log.warning("no announcement", url=url, why=str(error))
            return False
        return self._keep(announced)

    def _keep(self, announced: Announced) -> bool:
        with self._lock:
            if announced == self._current:
                return False
            self._current = announced
            self._told = HouseNews(
                self._told.number + 1, announcement_frame(announced, self._clock())
            )
            return True


def announcement_frame(announced: Announced, now_ms: int) -> bytes:
    """A server-sent event (WHATWG HTML 9.2)."""
    state = {
        "url": announced.url,
        "from_ms": announced.from_ms,
        "until_ms": announced.until_ms,
        "words": announced.words,
        "over": announced.is_over(now_ms),
    }
    data = json.dumps(state, separators=(",", ":"))
    return f"event: maintenance\ndata: {data}\n\n".encode()
