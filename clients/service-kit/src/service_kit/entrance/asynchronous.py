"""Requests that an app takes without a thread each: what it offers to the threads' server, and what
of a request it is asked with.

Who waits for a disk that others wait for too needn't do so in a thread: to wake sixty, each for one
answer, costs more than what they waited for.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from service_kit.entrance import MAX_FIELDS

EXTENSION = "service_kit.entrance.asynchronous"
"""Under what a Flask app has, in its `extensions`, who takes requests so."""
WAITS_S = 15.0
"""How long such an answer is waited for."""

_MAX_PLAIN_HEAD_BYTES = 4096
_HEAD = re.compile(
    rb"POST (/[A-Za-z0-9/_-]*) HTTP/1\.1\r\n((?:[A-Za-z][A-Za-z0-9-]{0,60}: ?[!-~][ -~]*\r\n)+)\r\n"
)
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")
_LENGTH = re.compile(r"[0-9]{1,7}", re.ASCII)
# What says how a request or its connection goes on otherwise than by a length.
_STRANGE = frozenset(
    {"HTTP_TRANSFER_ENCODING", "HTTP_EXPECT", "HTTP_UPGRADE", "HTTP_TE", "HTTP_TRAILER"}
)
_found: ContextVar[Exception | None] = ContextVar("found", default=None)


class WholeAnswer(NamedTuple):
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Outcome = WholeAnswer | Exception | None
"""An answer; what was raised, for `found_before`; or None: ask in a thread after all, as if nothing
had been."""
Settle = Callable[[Outcome], None]
Environ = Mapping[str, str]
"""What WSGI's environ says of the request's head."""


class Asynchronous(Protocol):
    """Who takes some requests and answers them later, from whatever thread."""

    def begin(self, environ: Environ, body: bytes, settle: Settle) -> bool:
        """Whether a request is of those: then `settle` hears once what came of it. Must not block;
        called in the server's main loop, as is `flush`."""

    def flush(self) -> None:
        """All that had come by now has begun."""


def found_before() -> Exception | None:
    """What was raised when the request that this thread handles was begun without it; a
    TimeoutError where nothing came of it in time."""
    return _found.get()


@contextmanager
def having_found(error: Exception | None) -> Iterator[None]:
    """Around a request in its thread."""
    token = _found.set(error)
    try:
        yield
    finally:
        _found.reset(token)


def offered_by(app: object) -> Asynchronous | None:
    """Who takes requests of an app so, if anybody does."""
    extensions: Mapping[str, Any] = getattr(app, "extensions", {})
    return extensions.get(EXTENSION)


def plain_request(data: bytes) -> tuple[Environ, bytes] | None:
    """The head and the body of a request that is plainly one POST with a length; of any other None,
    which a parser is to look at."""
    end = data.find(b"\r\n\r\n", 0, _MAX_PLAIN_HEAD_BYTES) + 4
    match = _HEAD.fullmatch(data, 0, end)
    if match is None:
        return None
    fields = match[2].decode("latin-1").split("\r\n")[:-1]
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": match[1].decode(), "QUERY_STRING": ""}
    before = len(environ)
    for field in fields:
        name, _, value = field.partition(":")
        environ[_key(name)] = value.strip(" ")
    is_plain = len(environ) == before + len(fields) <= before + MAX_FIELDS
    return (environ, data[end:]) if is_plain and _is_whole(environ, len(data) - end) else None


def _is_whole(environ: Environ, come: int) -> bool:
    """Whether so many bytes of body are what the head has announced, and the connection stays."""
    if not _STRANGE.isdisjoint(environ) or not _HOST.fullmatch(environ.get("HTTP_HOST", "")):
        return False
    length = environ.get("CONTENT_LENGTH", "")
    stays = environ.get("HTTP_CONNECTION", "keep-alive").lower() == "keep-alive"
    return stays and _LENGTH.fullmatch(length) is not None and int(length) == come


@lru_cache(256)
def _key(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
