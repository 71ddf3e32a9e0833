"""Who is calling: the root key, or a client by its token."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from typing import Any

from bus.config import MIN_KEY_CHARACTERS
from bus.errors import BadClient, NotAuthenticated
from bus.model import Client

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TOKEN = re.compile(rf"[\x21-\x39\x3b-\x7e]{{{MIN_KEY_CHARACTERS},255}}")

Find = Callable[[str], tuple[str, Client] | None]
"""Looks a digest up: the digest as stored, and whose it is."""


class Access:
    """Tells callers apart. Holds digests only, and compares them in constant time."""

    def __init__(self, root_key: str, find: Find) -> None:
        self._root_digest = digest(root_key)
        self._find = find

    def client(self, token: str | None) -> Client:
        """The client with this token. Raises NotAuthenticated."""
        found = None if token is None else self._find(digest(token))
        if token is None or found is None or not hmac.compare_digest(found[0], digest(token)):
            raise NotAuthenticated("a client's token is needed")
        return found[1]

    def root(self, token: str | None) -> None:
        """Raises NotAuthenticated unless this is the root key."""
        if not self._is_root(token):
            raise NotAuthenticated("the root key is needed")

    def anybody(self, token: str | None) -> None:
        """Raises NotAuthenticated unless this is the root key or a client's token."""
        if not self._is_root(token):
            self.client(token)

    def _is_root(self, token: str | None) -> bool:
        return token is not None and hmac.compare_digest(digest(token), self._root_digest)


def digest(token: str) -> str:
    """What is kept of a token. Tokens are long and random, so a plain SHA-256 can't be guessed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_token() -> str:
    """A token of 32 random bytes."""
    return secrets.token_urlsafe(32)


def check_client_name(value: Any) -> str:
    """A client's name: 1 to 64 letters, digits, `.`, `_`, `-`. Raises BadClient."""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise BadClient("a name is 1 to 64 letters, digits, dots, dashes and underscores")
    return value


def check_token(value: str) -> str:
    """A token given from outside: 16 to 255 visible ASCII characters, no colon, as it is a Basic
    user name. Raises BadClient."""
    if not _TOKEN.fullmatch(value):
        raise BadClient(
            f"a token is {MIN_KEY_CHARACTERS} to 255 visible ASCII characters without a colon"
        )
    return value
