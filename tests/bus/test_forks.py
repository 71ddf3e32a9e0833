"""What a process opened is not used by those that it forks, as with `gunicorn --preload`."""

import subprocess
import sys

import pytest
from sqlalchemy import create_engine, text

from bus.storage import Storage
from tests.bus.storage.conftest import url

__all__ = ["url"]

pytestmark = pytest.mark.slow

# The parent has used every kind of connection. Two children use them at once with it, and end as
# processes do: what they inherited is collected.
PROGRAM = """
import os, sys
from service_kit.clock import now_ms
from bus.model.event import NewEvent, Publication
from bus.storage import open_storage

storage = open_storage(sys.argv[1], now_ms)
(client,) = [storage.clients.id_of("publisher")]

def work(name):
    for number in range(20):
        url = f"https://x.example/{name}/{number}"
        event = NewEvent("noop", url, f'{{"url":"{url}"'.encode())
        assert storage.log.append([Publication("bids", client, [event])]) == [None]
        storage.check_ready()
        [one.name for one in storage.clients.tokens()]
        storage.leases.read_fence()
        storage.leases.join(f"{name}-{number}")

work("before")
for name in ("one", "two"):
    if os.fork() == 0:
        work(name)
        sys.exit(0)
work("parent")
statuses = [os.waitpid(-1, 0)[1] for _ in range(2)]
work("after")
print(statuses, storage.log.last_position())
"""


def test_children_and_their_parent_write_and_read_at_once(storage: Storage, url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, url],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout == "[0, 0] 100\n", done.stdout + done.stderr
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT count(DISTINCT url) FROM events")).scalar_one()
    engine.dispose()
    assert found == 100
