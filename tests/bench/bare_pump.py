"""The yardstick of draining: read 100 after a position, join, sign, POST; no bookkeeping at all."""

import hashlib
import hmac
import sqlite3
import time
from collections.abc import Callable

import psycopg
import pycurl

from tests.bench.bare_http import handle
from tests.bench.house import House
from tests.bench.measuring import TURN_S

_READ = "SELECT position, body FROM events WHERE position > {} ORDER BY position LIMIT 100"
Read = Callable[[int], list[tuple[int, bytes]]]


def bare_pump(house: House, url: str, events: int) -> float:
    """Events a second of a turn, one batch after the other; after the last from the first again."""
    if house.database_url.startswith("sqlite"):
        connection = sqlite3.connect(house.database_url.removeprefix("sqlite:///"))
        statement = _READ.format("?")
        rate = _pump(lambda at: connection.execute(statement, (at,)).fetchall(), url, events)
        connection.close()
        return rate
    with psycopg.connect(house.database_url, autocommit=True) as server:
        wanted = _READ.format("%s")
        return _pump(lambda at: server.execute(wanted, (at,), binary=True).fetchall(), url, events)


def _pump(read: Read, url: str, events: int) -> float:
    curl, position, done, spent_s = handle(url, b""), 0, 0, 0.0
    begun_s = time.perf_counter()
    while spent_s < TURN_S:
        rows = read(position)
        body = b"[" + b",".join([row[1] for row in rows]) + b"]"
        signature = hmac.digest(b"x" * 32, body, hashlib.sha256).hex()
        curl.setopt(pycurl.HTTPHEADER, [f"webhook-signature: v1,{signature}", "Expect:"])
        curl.setopt(pycurl.POSTFIELDS, body)
        curl.perform()
        position, done = rows[-1][0] % events, done + len(rows)
        spent_s = time.perf_counter() - begun_s
    return done / spent_s
