"""Calls to the bus, in the words of this client's errors."""

from typing import Any

from requests.adapters import BaseAdapter
from service_kit.errors import HttpFailure, NotJson, UnexpectedStatus
from service_kit.http import Answer, HttpClient

from bus_client.documents import Document
from bus_client.errors import BusRefused, BusUnavailable


class Wire:
    """A bus at a URL, and a token to show there. Calls raise BusRefused or BusUnavailable."""

    def __init__(
        self, url: str, token: str, *, total_s: float, transport: BaseAdapter | None
    ) -> None:
        self.url = url.rstrip("/")
        self._http = HttpClient({self.url: token}, total_s=total_s, transport=transport)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def read(self, method: str, url: str, body: Any = None) -> Document:
        """Call a URL of the bus, and read the document in its answer."""
        try:
            return Document(url, self.call(method, url, body).json())
        except NotJson as error:
            raise BusUnavailable(str(error)) from error

    def rows(self, path: str) -> list[dict[str, Any]]:
        """Read the JSON array at a path of the bus."""
        try:
            rows: list[dict[str, Any]] = self.call("GET", self.url + path).value()
        except NotJson as error:
            raise BusUnavailable(str(error)) from error
        return rows

    def call(self, method: str, url: str, body: Any = None) -> Answer:
        """Call a URL of the bus with a JSON body (None: without one)."""
        try:
            answer = self._http.send(method, url, json=body)
        except UnexpectedStatus as error:
            if error.may_pass:
                raise BusUnavailable(f"the bus answered {error.status}") from error
            raise BusRefused(error.status, error.problem) from error
        except HttpFailure as error:
            raise BusUnavailable(str(error)) from error
        if answer.status >= 300:  # redirected: nobody has done what was asked for
            raise BusUnavailable(f"the bus answered {answer.status}")
        return answer
