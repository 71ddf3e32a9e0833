"""The yardstick of a single publish: an ASGI app that writes one row and commits by the driver.

`BENCH_DATABASE=/file uvicorn --factory tests.bench.bare_asgi:create_app`
"""

import os
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

_EMPTY = [(b"content-length", b"0")]
_Receive = Callable[[], Awaitable[dict[str, Any]]]
_Send = Callable[[dict[str, Any]], Awaitable[None]]


def create_app() -> Callable[[dict[str, Any], _Receive, _Send], Awaitable[None]]:
    """The app, over a table of its own; as durable as the bus."""
    database = sqlite3.connect(os.environ["BENCH_DATABASE"], isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, body BLOB)")

    async def app(scope: dict[str, Any], receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] == "POST":
            message = await receive()
            database.execute("INSERT INTO rows (body) VALUES (?)", (message["body"],))
        await send({"type": "http.response.start", "status": 200, "headers": _EMPTY})
        await send({"type": "http.response.body", "body": b""})

    return app
