"""Somebody who waits at the bus for longer than anybody should have to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.test import Client

from tests.bus.api.calling import call

_TOPIC = "others_only"


@contextmanager
def another_waits(api: Client) -> Iterator[None]:
    """A reader who waits for twenty seconds from before the block: who was told in it at once was
    told before that reader, however slow the machine is."""
    path = f"/events?topics={_TOPIC}&wait=20"
    another = threading.Thread(target=lambda: call(api, "GET", path, by="subscriber"))
    another.start()
    yield
    assert another.is_alive(), "others waited for as long as one who is told nothing"
    while another.is_alive():
        call(
            api,
            "POST",
            f"/topics/{_TOPIC}",
            {"type": "noop", "url": "https://x.example/"},
            by="publisher",
        )
        another.join(0.1)
