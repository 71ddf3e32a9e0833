"""libpq: what it refuses of a database's URL, known before anybody connects."""

import re
from collections.abc import Mapping
from typing import Any

from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo, PGconn
from sqlalchemy import URL
from sqlalchemy.exc import ArgumentError

_WHOLE_NUMBERS = {
    "connect_timeout",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "tcp_user_timeout",
}  # what libpq looks at only once it connects
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_NOWHERE = "/nonexistent"  # a folder without a socket


def check_options(url: URL) -> None:
    """Raises ValueError for what libpq refuses before it connects, in its words. Connects nowhere,
    and repeats no password."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    for name in url.query:
        if name not in known:
            raise ValueError(f"has an option that PostgreSQL doesn't know: {name!r}")
    try:
        options = url.get_dialect()().create_connect_args(url)[1]
    except ArgumentError as error:
        raise ValueError("has hosts and ports that don't go together") from error
    for name in options.keys() & _WHOLE_NUMBERS:
        if not _WHOLE.fullmatch(str(options[name])):
            raise ValueError(f"has an option that is no whole number: {name!r}")
    asked = {name: options[name] for name in options.keys() & known - {"hostaddr"}}
    hosts = str(asked.get("host") or "").split(",")
    _check_values(asked | {"host": ",".join(_NOWHERE for _ in hosts)})


def _check_values(options: Mapping[str, Any]) -> None:
    conninfo = make_conninfo("", **options)
    connection = PGconn.connect_start(conninfo.encode())
    said = connection.error_message.decode(errors="replace").splitlines()
    connection.finish()
    if said and not said[0].startswith("connection to server"):
        raise ValueError(f"has an option that PostgreSQL refuses: {said[0]}")
