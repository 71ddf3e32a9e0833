"""Outbound calls: every one with deadlines, a cap on its answer, no redirects, known hosts only."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3.exceptions import HTTPError

from service_kit.deadline import Deadline, DeadlineAdapter
from service_kit.errors import (
    NotJson,
    TimedOut,
    TooLarge,
    UnexpectedStatus,
    UnknownOrigin,
    Unreachable,
)
from service_kit.retry_after import retry_after_s
from service_kit.trace import calling, current_traceparent

_CHUNK_BYTES = 64 * 1024
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Answer:
    """A 2xx or 3xx answer: status, headers (case-insensitive) and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def value(self) -> Any:
        """The body as JSON. Raises NotJson."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise NotJson("the answer is not JSON") from error

    def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises NotJson."""
        value = self.value()
        if not isinstance(value, dict):
            raise NotJson("the answer is not a JSON object")
        return value


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL, such as "http://localhost:8001". Raises UnknownOrigin."""
    try:
        parts = urlsplit(url)
        is_default = parts.port in {None, _DEFAULT_PORTS.get(parts.scheme)}
        port = "" if is_default else f":{parts.port}"
    except ValueError as error:
        raise UnknownOrigin("not a URL") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise UnknownOrigin("not an http(s) URL without credentials")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}"


class HttpClient:
    """Calls the hosts it was given, and no others.

    `credentials` maps an origin to the bearer token to show there (None: no token).
    Seconds: `connect_s` to connect, `read_s` between two bytes, `total_s` for the whole call.
    Answers over `max_bytes` (decoded) are refused. `transport` replaces the network, as for an
    in-process WSGI app. `ca_file` holds the authorities to trust instead of the public ones.
    Thread-safe as far as requests' pool is: give each thread its own if in doubt.
    """

    def __init__(
        self,
        credentials: Mapping[str, str | None],
        *,
        connect_s: float = 2.0,
        read_s: float = 5.0,
        total_s: float = 10.0,
        max_bytes: int = 1024 * 1024,
        transport: BaseAdapter | None = None,
        ca_file: str | None = None,
    ) -> None:
        self._credentials = {origin_of(origin): token for origin, token in credentials.items()}
        self._timeouts = (connect_s, read_s)
        self._total_s = total_s
        self._max_bytes = max_bytes
        self._session = requests.Session()
        self._session.trust_env = False  # no proxies or netrc from the environment
        self._session.verify = ca_file or True  # there is no way to switch it off
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # keep no cookie
        adapter = transport or DeadlineAdapter(pool_connections=8, pool_maxsize=32)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)

    def __enter__(self) -> "HttpClient":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the pooled connections."""
        self._session.close()

    def knows(self, url: str) -> bool:
        """Whether a URL is at one of the hosts. Raises UnknownOrigin when it isn't one at all."""
        return origin_of(url) in self._credentials

    def introduce(self, url: str, token: str | None) -> None:
        """Call the host of this URL too from now on, showing this token there."""
        self._credentials[origin_of(url)] = token

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        total_s: float | None = None,
    ) -> Answer:
        """GET a URL. Raises HttpFailure. Safe to repeat."""
        return self.send("GET", url, headers=headers, total_s=total_s)

    def send(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        total_s: float | None = None,
    ) -> Answer:
        """Call a URL with a JSON body, or with `data` as it is (None: no body). Blocks for at most
        `total_s` (None: the client's; looking up the host's name apart).

        Raises UnknownOrigin before anything is sent; Unreachable, TimedOut, TooLarge; and
        UnexpectedStatus for 4xx and 5xx. Whether it may be repeated depends on the method.
        """
        credentials = self._credentials_for(url)
        with (
            calling(f"{method} {origin_of(url)}"),
            Deadline(self._total_s if total_s is None else total_s) as limit,
            _translated(url, limit),
        ):
            response = self._session.request(
                method,
                url,
                json=json,
                data=data,
                headers=_headers(headers, credentials),
                timeout=self._timeouts,
                allow_redirects=False,
                stream=True,
            )
            with response:
                body = self._read(response)
        if response.status_code >= 400:
            wanted = response.headers.get("Retry-After", "")
            raise UnexpectedStatus(response.status_code, _problem(body), retry_after_s(wanted))
        return Answer(response.status_code, response.headers, body)

    def _credentials_for(self, url: str) -> str | None:
        origin = origin_of(url)
        if origin not in self._credentials:
            raise UnknownOrigin(f"{origin} is not a host that this service calls")
        return self._credentials[origin]

    def _read(self, response: requests.Response) -> bytes:
        body = bytearray()
        for chunk in response.iter_content(_CHUNK_BYTES):
            body += chunk
            if len(body) > self._max_bytes:
                raise TooLarge(f"more than {self._max_bytes} bytes")
        return bytes(body)


@contextmanager
def _translated(url: str, limit: Deadline) -> Iterator[None]:
    late = TimedOut(f"{origin_of(url)} did not answer in time")
    try:
        yield
    except requests.Timeout as error:
        raise late from error
    # ValueError: requests reads a redirect's Location, which may be no URL, followed or not.
    except (requests.RequestException, HTTPError, ValueError) as error:
        if limit.passed:
            raise late from error
        raise Unreachable(f"{origin_of(url)}: {cause_of(error)}") from error
    if limit.passed:  # cut while the last bytes came in: they may be short
        raise late


def cause_of(error: BaseException) -> str:
    """What the system said, such as "Connection refused"; else the error's name: its words may
    hold a whole URL."""
    left: list[object] = [error]
    for one in left:  # it grows: libraries wrap what they caught
        if isinstance(one, OSError) and one.strerror:
            return one.strerror
        if isinstance(one, BaseException):
            inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
            left += [each for each in inner if isinstance(each, BaseException) and each not in left]
    return type(error).__name__


def _headers(headers: Mapping[str, str] | None, token: str | None) -> dict[str, str]:
    merged = {
        "Accept": "application/hal+json, application/json",
        "traceparent": current_traceparent(),
    } | dict(headers or {})
    if token is not None:
        merged.setdefault("Authorization", f"Bearer {token}")
    return merged


def _problem(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
