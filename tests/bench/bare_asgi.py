"""The yardstick of a single publish: an ASGI app that writes one row and commits by the driver.

`BENCH_DATABASE=sqlite:////file uvicorn --factory tests.bench.bare_asgi:create_app`
"""

import os
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg

_EMPTY = [(b"content-length", b"0")]
_Receive = Callable[[], Awaitable[dict[str, Any]]]
_Send = Callable[[dict[str, Any]], Awaitable[None]]


def create_app() -> Callable[[dict[str, Any], _Receive, _Send], Awaitable[None]]:
    """The app, over a table of its own; as durable as the bus."""
    write = _writing(os.environ["BENCH_DATABASE"])

    async def app(scope: dict[str, Any], receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] == "POST":
            message = await receive()
            write(message["body"])
        await send({"type": "http.response.start", "status": 200, "headers": _EMPTY})
        await send({"type": "http.response.body", "body": b""})

    return app


def _writing(url: str) -> Callable[[bytes], object]:
    if url.startswith("sqlite"):
        database = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, body BLOB)")
        return lambda body: database.execute("INSERT INTO rows (body) VALUES (?)", (body,))
    server = psycopg.connect(url, autocommit=True)
    server.execute("CREATE TABLE IF NOT EXISTS rows (id BIGSERIAL PRIMARY KEY, body BYTEA)")
    return lambda body: server.execute("INSERT INTO rows (body) VALUES (%b)", (body,))
