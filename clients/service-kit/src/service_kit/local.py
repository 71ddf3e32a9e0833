"""Several apps in one process, calling each other by their public URLs."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import BaseAdapter

from service_kit.deadline import DeadlineAdapter
from service_kit.http import origin_of
from service_kit.logs import get_logger
from service_kit.wsgi_transport import WsgiTransport

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = get_logger(__name__)

_CHANGES_NOTHING = frozenset({"GET", "HEAD"})


class LocalTransport(BaseAdapter):
    """Give it as `transport` to clients: what is at the URL of an app in this process is called
    there, in the caller's thread, and everything else over the network."""

    def __init__(self) -> None:
        super().__init__()
        self._apps: dict[str, WsgiTransport] = {}
        self._network = DeadlineAdapter(pool_connections=8, pool_maxsize=32)

    def serve(self, url: str, app: "WSGIApplication") -> None:
        """From now on call this app at the host of `url`."""
        self._apps[origin_of(url)] = WsgiTransport(app)

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Call the app that is at the request's host, or the network."""
        app = self._apps.get(origin_of(request.url or ""))
        if app is None:
            return self._network.send(request, *args, **kwargs)
        started = time.monotonic()
        response = app.send(request, *args, **kwargs)
        # Nobody can cut it short. Its caller calls it silent, and may ask again by the same key.
        if (took_s := time.monotonic() - started) > _longest_s(kwargs.get("timeout")):
            log.warning("answered late in this process", url=request.url, took_s=round(took_s, 1))
        return response

    def close(self) -> None:
        """Close the connections to the network."""
        self._network.close()


class Commits:
    """Remembers in which threads something was committed that others are to look at."""

    def __init__(self) -> None:
        self._here = threading.local()

    def note(self) -> None:
        """Something was committed in this thread."""
        self._here.noted = True

    def take(self) -> bool:
        """Whether something was since the last time this was asked in this thread."""
        noted: bool = getattr(self._here, "noted", False)
        self._here.noted = False
        return noted


class LocalChannel:
    """A channel whose listener is this process itself: `told` is called when it is notified."""

    def __init__(self, told: Callable[[], None]) -> None:
        self._told = told
        self._notified = threading.Event()

    def notify(self) -> None:
        """Say that a table changed."""
        self._told()
        self._notified.set()

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds` to be notified; True when it was."""
        notified = self._notified.wait(seconds)
        self._notified.clear()
        return notified

    def close(self) -> None:
        """There is nothing to close."""


class ByPort:
    """A WSGI app that hands each request to the app of the port that it came to."""

    def __init__(self, apps: Mapping[int, "WSGIApplication"]) -> None:
        self._apps = {str(port): app for port, app in apps.items()}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        return self._apps[environ["SERVER_PORT"]](environ, start_response)


class AfterCommit:
    """A WSGI app around another: before a request that changed something is answered, `act` is
    called, in the request's own thread, with all of its transactions over.

    What others commit for it, as a group commit does, shows in no thread of its own: so a method
    that may change something counts too.
    """

    def __init__(self, app: "WSGIApplication", commits: Commits, act: Callable[[], None]) -> None:
        self._app = app
        self._commits = commits
        self._act = act

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        self._commits.take()
        answer = self._app(environ, start_response)
        if self._commits.take() or environ["REQUEST_METHOD"] not in _CHANGES_NOTHING:
            self._act()
        return answer


def _longest_s(timeout: Any) -> float:
    """The longer of requests' (connect, read), in seconds."""
    parts = timeout if isinstance(timeout, tuple) else (timeout,)
    return max((part for part in parts if part is not None), default=float("inf"))
