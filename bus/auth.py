"""Who is calling: the root key, or a client by its token (docs/delivery.md D25, D26)."""

import contextlib
import hashlib
import hmac
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from service_kit.errors import StoreUnavailable
from service_kit.tokens import digest, new_token

from bus.errors import BadClient, NotAllowed, NotAuthenticated, NotYours
from bus.model.audit import Caller
from bus.model.client import ChosenToken, Client, ClientName, Scopes
from bus.model.token_scope import TokenScope, is_good_for, sees_all
from bus.model.topic import check_not_ours
from bus.wire_rules import check

Find = Callable[[str], tuple[str, Client] | None]
"""Looks a digest up: the digest as stored, and whose it is."""

# A token that another process has deleted is let in for at most this long.
STALE_AFTER_S = 1.0
FORGOTTEN_AFTER_S = 2.0


@dataclass(frozen=True, slots=True)
class Remembered:
    """A client that showed its token a moment ago; `stale`: it is time to ask the store again."""

    client: Client
    stale: bool


class Auth:
    """Tells callers apart. Holds digests only, and compares them in constant time."""

    def __init__(
        self,
        root_key: str,
        find: Find,
        steady_s: Callable[[], float] = time.monotonic,
        *,
        used: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`used` is told the digest of each token that the store was asked for and knew."""
        self._root_digest = digest(root_key)
        self._find = find
        self._used = used
        self._steady_s = steady_s
        self._remembered: dict[str, tuple[Client, float]] = {}
        self._stand_ins: dict[str, str] = {}

    def client(self, token: str | None) -> Client:
        """The client with this token, as the store knows it. Raises NotAuthenticated."""
        shown = None if token is None else self._digest(token)
        found = None if shown is None else self._find(shown)
        if shown is None or found is None or not hmac.compare_digest(found[0], shown):
            self._remembered.pop(shown or "", None)
            raise NotAuthenticated("a client's token is needed")
        self._remembered[shown] = (found[1], self._steady_s())
        self._used(shown)
        return found[1]

    def remembered(self, token: str) -> Remembered | None:
        """The client with this token, if it was asked for a moment ago; asks no store.

        | seconds ago | under 1 | under 2                      | more |
        |-------------|---------|------------------------------|------|
        |             | fresh   | stale, for the first to ask; | None |
        |             |         | fresh for those after it     |      |
        """
        shown = digest(token)
        client, at_s = self._remembered.get(shown, (None, 0.0))
        age_s = self._steady_s() - at_s
        if client is None or age_s >= FORGOTTEN_AFTER_S:
            return None
        if age_s < STALE_AFTER_S:
            return Remembered(client, stale=False)
        self._remembered[shown] = (client, at_s + STALE_AFTER_S)
        return Remembered(client, stale=True)

    def recent_client(self, token: str | None) -> Client:
        """The client with this token, asking the store only now and then.

        Raises NotAuthenticated.
        """
        known = None if token is None else self.remembered(token)
        return self.client(token) if known is None or known.stale else known.client

    def check_again(self, token: str) -> None:
        """Ask the store whether a remembered client is still one."""
        with contextlib.suppress(NotAuthenticated, StoreUnavailable):  # the latter is logged
            self.client(token)

    def forget(self) -> None:
        """Remember nobody: a token was deleted."""
        self._remembered.clear()

    def publisher(self, token: str | None, topic: str) -> Client:
        """The client whose topic is meant. Raises NotAuthenticated, NotAllowed."""
        client = self.client(token)
        check_may_publish(client, topic)
        return client

    def subscriber(self, token: str | None) -> Client:
        """The client whose subscription is meant. Raises NotAuthenticated, NotAllowed."""
        return _good_for(TokenScope.SUBSCRIBE, self.client(token))

    def reader(self, token: str | None) -> str:
        """The name of the client who reads the log; none for the root key, which reads it too.
        Raises NotAuthenticated, NotAllowed."""
        return "" if self.is_root_key(token) else self.subscriber(token).name

    def recent_reader(self, token: str) -> str | None:
        """The same, of who was asked for a moment ago; None: ask `reader`. Asks no store. Raises
        NotAllowed."""
        known = self.remembered(token)
        if known is None or known.stale:
            return None
        return _good_for(TokenScope.SUBSCRIBE, known.client).name

    def reads(self, token: str | None) -> bool:
        """Whether `reader` would let it read the log. Raises NotAuthenticated."""
        with contextlib.suppress(NotAllowed):
            return self.reader(token) is not None
        return False

    def monitor(self, token: str | None) -> str | None:
        """The name of the client who looks around and sees what is its own; None sees everything,
        for it is the root key or as good. Raises NotAuthenticated, NotAllowed."""
        if self.is_root_key(token):
            return None
        client = _good_for(TokenScope.MONITOR, self.client(token))
        return None if sees_all(client.scopes) else client.name

    def admin(self, token: str | None) -> None:
        """Raises NotAuthenticated unless this is the root key, or a token as good."""
        if not self.is_admin(token):
            raise NotAuthenticated("the root key is needed")

    def owner(self, token: str | None, client_name: str, *, looks: bool = False) -> None:
        """Raises unless this is the root key, or a subscriber's token of the client of this name;
        for one who only `looks`, one that may monitor will do, or monitor what is everybody's.

        NotAuthenticated for a stranger, NotYours for another client, NotAllowed.
        """
        if self.is_admin(token) or (looks and self._sees_all(token)):
            return
        client = self.client(token)
        if not (looks and TokenScope.MONITOR in client.scopes):
            _good_for(TokenScope.SUBSCRIBE, client)
        if client.name != client_name:
            raise NotYours("it belongs to another client")

    def changes(self, token: str | None) -> Callable[[str], bool]:
        """Of which clients, by name, it may change the subscriptions. Raises NotAuthenticated."""
        if self.is_admin(token):
            return lambda _: True
        client = self.client(token)
        acts = is_good_for(TokenScope.SUBSCRIBE, client.scopes)
        return lambda name: acts and name == client.name

    def about(self, token: str | None, client_name: str) -> str | None:
        """Of whose subscriptions a subscription of this client is told, when it is made with this
        token; None: of everybody's (docs/delivery.md D35)."""
        return None if self._sees_all(token) else client_name

    def caller(self, token: str | None) -> Caller:
        """Who it is, for the audit. Raises NotAuthenticated."""
        if self.is_root_key(token):
            return Caller(None, "root key")
        client = self.client(token)
        return Caller(client.name, f"token {client.token_id}")

    def is_admin(self, token: str | None) -> bool:
        """Whether this is the root key, or a client's token that is as good."""
        if self.is_root_key(token):
            return True
        with contextlib.suppress(NotAuthenticated):
            return TokenScope.ADMIN in self.client(token).scopes
        return False

    def sealed(self, token: str, key: str) -> str:
        """What a session keeps of the token that began it: its digest, by which the store knows it.
        Of the root key, which somebody may have thought up, nothing that it could be guessed from
        without the session's own `key`."""
        return _seal(key, self._root_digest) if self.is_root_key(token) else digest(token)

    @contextlib.contextmanager
    def standing_in(self, sealed: str, key: str) -> Iterator[str]:
        """A token that is as good as the sealed one, until the block ends. The one that was sealed
        is asked for anew at each call: once it is revoked this one is good for nothing."""
        is_root = hmac.compare_digest(sealed, _seal(key, self._root_digest))
        token = new_token()
        self._stand_ins[digest(token)] = self._root_digest if is_root else sealed
        try:
            yield token
        finally:
            del self._stand_ins[digest(token)]

    def is_root_key(self, token: str | None) -> bool:
        """Whether this is the root key itself, or stands in for it."""
        return token is not None and hmac.compare_digest(self._digest(token), self._root_digest)

    def _sees_all(self, token: str | None) -> bool:
        if self.is_root_key(token):
            return True
        with contextlib.suppress(NotAuthenticated):
            return sees_all(self.recent_client(token).scopes)
        return False

    def _digest(self, token: str) -> str:
        shown = digest(token)
        return self._stand_ins.get(shown, shown)


def _seal(key: str, root_digest: str) -> str:
    return hmac.new(key.encode(), root_digest.encode(), hashlib.sha256).hexdigest()


def check_may_publish(client: Client, topic: str) -> None:
    """Raises NotAllowed, or TopicTaken for the bus's own."""
    if not is_good_for(TokenScope.PUBLISH, client.scopes, topic):
        raise NotAllowed(f"the token lacks the scope {TokenScope.PUBLISH} for this topic")
    check_not_ours(topic)


def _good_for(scope: TokenScope, client: Client) -> Client:
    if not is_good_for(scope, client.scopes):
        raise NotAllowed(f"the token lacks the scope {scope}")
    return client


def check_client_name(value: Any) -> str:
    """A client's name: 1 to 64 letters, digits, `.`, `_`, `-`. Raises BadClient."""
    name: str = check(ClientName, value, BadClient)
    return name


def check_token(value: Any) -> str:
    """A token given from outside: 16 to 255 visible ASCII characters, no colon, as it is a Basic
    user name. Raises BadClient."""
    token: str = check(ChosenToken, value, BadClient)
    return token


def check_scopes(words: Collection[Any]) -> frozenset[str]:
    """The scopes of a token: 1 to 100 of the words in TokenScope, or of `publish:TOPIC`. Raises
    BadClient."""
    return frozenset(check(Scopes, list(words), BadClient))
