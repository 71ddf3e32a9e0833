"""Who may talk to the bus; for the root key."""

from collections.abc import Collection
from typing import Any
from urllib.parse import quote

from bus_client.entry import Entry
from bus_client.errors import BusUnavailable
from bus_client.wire import Wire


class Tokens:
    """Every call raises BusRefused, BusUnavailable, or NotPossible without the root key."""

    def __init__(self, wire: Wire, entry: Entry) -> None:
        self._wire = wire
        self._entry = entry

    def all(self) -> list[dict[str, Any]]:
        """What is known of each token: at least the `name` of its client."""
        answer = self._wire.call("GET", self._entry.link("tokens"))
        if answer.status == 204:  # as routemaster says that there are none
            return []
        rows = answer.value()
        if not isinstance(rows, list):
            raise BusUnavailable("the answer is not an array")
        return rows

    def create(
        self, name: str, *, scopes: Collection[str] | None = None, token: str | None = None
    ) -> dict[str, Any]:
        """Make a token for the client of this name; the answer alone shows it, as `token`.

        `scopes` None: publish, subscribe and monitor. `token` None: one that the bus makes.
        """
        optional = {"scopes": None if scopes is None else list(scopes), "token": token}
        given = {key: value for key, value in optional.items() if value is not None}
        body = {"name": name} | given
        return dict(self._wire.read("POST", self._entry.link("tokens"), body).state)

    def revoke(self, which: str) -> None:
        """Make a token good for nothing, named by its id or shown whole."""
        self._wire.do("DELETE", f"{self._entry.link('tokens')}/{quote(which, safe='')}")
