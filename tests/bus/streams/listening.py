"""A reader of a stream, as a browser's EventSource is one."""

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Said:
    """One event of a stream."""

    id: str
    kind: str
    data: Any


class Stream:
    """An open stream; `place` is the last `id` that was read."""

    def __init__(
        self, port: int, token: str, query: str = "", last: str | None = None, timeout_s: float = 20
    ) -> None:
        headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
        if last is not None:
            headers["Last-Event-ID"] = last
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
        self._connection.request("GET", f"/events?{query}", headers=headers)
        self.answer = self._connection.getresponse()
        self.place = last

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self.answer.close()
        self._connection.close()

    def said(self) -> Iterator[Said]:
        """What is said until the stream ends."""
        fields: dict[str, str] = {}
        while line := self.answer.readline().decode():
            if line != "\n":
                name, _, value = line.rstrip("\n").partition(": ")
                fields[name] = value
            elif fields:
                self.place = fields["id"]
                kind = fields.get("event", "message")
                yield Said(self.place, kind, json.loads(fields["data"]))
                fields = {}

    def events(self, count: int) -> list[Any]:
        """The next events that were published."""
        found: list[Any] = []
        for one in self.said():
            if one.kind == "message":
                found.append(one.data)
            if len(found) == count:
                break
        return found
