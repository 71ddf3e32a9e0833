"""Calls to the bus, in the words of this client's errors."""

from typing import Any

from requests.adapters import BaseAdapter
from service_kit.errors import HttpFailure, NotJson, UnexpectedStatus
from service_kit.http import Answer, HttpClient

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

    def told(self, method: str, url: str, body: Any = None) -> dict[str, Any]:
        """Call a URL of the bus, and read the JSON object in its answer."""
        try:
            return self.call(method, url, body).json()
        except NotJson as error:
            raise BusUnavailable(str(error)) from error

    def call(self, method: str, url: str, body: Any = None) -> Answer:
        """Call a URL of the bus with a JSON body (None: without one)."""
        try:
            return self._http.send(method, url, json=body)
        except UnexpectedStatus as error:
            if error.status == 429 or error.status >= 500:
                raise BusUnavailable(f"the bus answered {error.status}") from error
            raise BusRefused(error.status, error.problem) from error
        except HttpFailure as error:
            raise BusUnavailable(str(error)) from error
