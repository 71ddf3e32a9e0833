"""Signing in with a token, and what a browser holds of it: a session, for twelve hours at most."""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from service_kit.tokens import digest, new_token

from bus.auth import Auth
from bus.bootstrap import Bus
from bus.errors import NotAllowed, NotAuthenticated
from bus.model.token_scope import TokenScope, is_good_for

LASTS_MS = 12 * 60 * 60 * 1000
TIMES = 10
WITHIN_MS = 15 * 60 * 1000


class TooManySignIns(Exception):
    """Too many tokens were tried from one network; the next may be in `wait_ms`."""

    def __init__(self, wait_ms: int) -> None:
        super().__init__(f"again in {wait_ms} ms")
        self.wait_ms = wait_ms


@dataclass(frozen=True)
class Viewer:
    """Who is signed in: a client by `name`, or None for the root key.

    `sees` is the client whose things it sees, None: everybody's. `scopes` are those of the token
    that began the session, None for the root key. What it may change the links of the API's
    documents tell. `token` is good for calling the API until the request ends.
    """

    name: str | None
    sees: str | None
    scopes: frozenset[str] | None
    token: str = field(repr=False)

    @property
    def is_admin(self) -> bool:
        """Whether it is the root key, or as good."""
        return self.scopes is None or TokenScope.ADMIN in self.scopes

    @property
    def reads(self) -> bool:
        """Whether it may read the log, and subscribe."""
        return self.scopes is None or is_good_for(TokenScope.SUBSCRIBE, self.scopes)

    def may_publish(self, topic: str | None = None) -> bool:
        """Whether it may publish to a topic, or to some, unless another client owns that."""
        scopes = self.scopes or ()
        is_for_some = topic is None and any(one.startswith("publish:") for one in scopes)
        return is_for_some or is_good_for(TokenScope.PUBLISH, scopes, topic)

    @property
    def seen_as(self) -> tuple[object, ...]:
        """The same for all who see the same pages."""
        return self.name, self.sees, self.scopes


def sign_in(bus: Bus, token: str, network: str) -> str:
    """Begin a session; returns what the browser's cookie is to hold.

    Raises TooManySignIns after ten tokens from one network in 15 minutes that were none,
    NotAuthenticated, NotAllowed for a token that may not monitor.
    """
    sessions = bus.storage.console_sessions
    if wait_ms := sessions.try_to_sign_in(network, TIMES, WITHIN_MS):
        raise TooManySignIns(wait_ms)
    bus.auth.monitor(token)
    sessions.signed_in(network)
    cookie = new_token()
    sessions.add(digest(cookie), bus.auth.sealed(token, cookie), LASTS_MS)
    return cookie


def sign_out(bus: Bus, cookie: str) -> None:
    """End a session. May be repeated."""
    bus.storage.console_sessions.remove(digest(cookie))


@contextmanager
def resumed(bus: Bus, cookie: str | None) -> Iterator[Viewer]:
    """Act for whoever has this session. Raises NotAuthenticated without one, and once its token
    was revoked; NotAllowed once that may not monitor."""
    sealed = None if cookie is None else bus.storage.console_sessions.find(digest(cookie))
    if sealed is None or cookie is None:
        raise NotAuthenticated("there is no such session")
    with bus.auth.standing_in(sealed, cookie) as token:
        sees = bus.auth.monitor(token)
        yield _viewer(bus.auth, token, sees)


def is_over(bus: Bus, cookie: str, token: str) -> bool:
    """Whether a session that was resumed with this token has ended since."""
    if bus.storage.console_sessions.find(digest(cookie)) is None:
        return True
    try:
        bus.auth.monitor(token)
    except (NotAuthenticated, NotAllowed):
        return True
    return False


def csrf_token(cookie: str) -> str:
    """What a form must carry to come from a page of this browser's."""
    return hmac.new(cookie.encode(), b"form", hashlib.sha256).hexdigest()


def _viewer(auth: Auth, token: str, sees: str | None) -> Viewer:
    if auth.is_root_key(token):
        return Viewer(None, sees, None, token)
    client = auth.recent_client(token)
    return Viewer(client.name, sees, client.scopes, token)
