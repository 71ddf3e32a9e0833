"""Calls to the bus, in the words of this client's errors."""

from collections.abc import Mapping
from typing import Any

from requests.adapters import BaseAdapter
from service_kit.errors import HttpFailure, NotJson, UnexpectedStatus
from service_kit.http import Answer, HttpClient

from bus_client.documents import Document
from bus_client.errors import BusRefused, BusUnavailable

_READ_S = 5.0
_MAX_BYTES = 4 * 1024 * 1024  # a thousand events of the greatest length


class Wire:
    """A bus at a URL, and a token to show there. Calls raise BusRefused or BusUnavailable.

    `waits_s` is how long the bus may keep a call waiting before it answers.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        total_s: float,
        transport: BaseAdapter | None,
        waits_s: float = 0.0,
    ) -> None:
        self.url = url.rstrip("/")
        self._http = HttpClient(
            {self.url: token},
            read_s=_READ_S + waits_s,
            total_s=total_s + waits_s,
            max_bytes=_MAX_BYTES,
            transport=transport,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def read(
        self, method: str, url: str, body: Any = None, *, total_s: float | None = None
    ) -> Document:
        """Call a URL of the bus, and read the document in its answer."""
        try:
            return Document(url, self.call(method, url, body, total_s=total_s).json())
        except NotJson as error:
            raise BusUnavailable(str(error)) from error

    def rows(self, path: str) -> list[dict[str, Any]]:
        """Read the JSON array at a path of the bus."""
        try:
            rows = self.call("GET", self.url + path).value()
        except NotJson as error:
            raise BusUnavailable(str(error)) from error
        if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
            raise BusUnavailable("the answer is not an array of objects")
        return rows

    def do(
        self, method: str, url: str, body: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> None:
        """Call what answers without a body. One with a body is no bus's: a login page that a proxy
        answers with 200 has taken no event."""
        if self.call(method, url, body, headers=headers).body.strip():
            raise BusUnavailable("the answer is no bus's: it should be empty, and isn't")

    def text(self, url: str) -> str:
        """Read the plain text at a URL of the bus."""
        return self.call("GET", url).body.decode("utf-8", "replace")

    def call(
        self,
        method: str,
        url: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        total_s: float | None = None,
    ) -> Answer:
        """Call a URL of the bus with a JSON body (None: without one), for `total_s` seconds at
        most (None: the client's)."""
        try:
            answer = self._http.send(method, url, json=body, headers=headers, total_s=total_s)
        except UnexpectedStatus as error:
            if error.may_pass:
                raise BusUnavailable(f"the bus answered {error.status}") from error
            raise BusRefused(error.status, error.problem) from error
        except HttpFailure as error:
            raise BusUnavailable(str(error)) from error
        if answer.status >= 300:  # redirected: nobody has done what was asked for
            raise BusUnavailable(f"the bus answered {answer.status}")
        return answer
