"""A drain that fails for one event, the real bus and pusher: that event comes again, no other."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bus_client import BusClient
from bus_drain import Drain, Event, each
from werkzeug.serving import make_server

from tests.docs.conftest import SECRET, UUID
from tests.waiting import wait_for


@contextmanager
def served(drain: Drain) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, drain, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_only_what_failed_comes_again(client_of: Callable[[str], BusClient]) -> None:
    urls = [f"https://shop.example/widgets/{number}" for number in range(5)]
    seen: list[str] = []

    @each
    def on_widget(event: Event) -> None:
        seen.append(event.url)
        if event.url == urls[2] and seen.count(event.url) == 1:
            raise OSError("disk full")

    drain = Drain(uuid=UUID, secrets=[SECRET], listeners={"widgets": on_widget})
    with client_of("partial") as bus, served(drain) as callback:
        ours = bus.subscriptions.put(
            "default", topics=["widgets"], callback=callback, uuid=UUID, secret=SECRET
        )
        bus.publish("widgets", [{"type": "create", "url": url} for url in urls])
        wait_for(lambda: len(seen) >= 6, seconds=60, what="the failed one again")
        bus.publish("widgets", [{"type": "update", "url": urls[0]}])
        wait_for(lambda: seen.count(urls[0]) == 2, seconds=60, what="the flow goes on")
        bus.subscriptions.delete(ours)

    assert [seen.count(url) for url in urls] == [2, 1, 2, 1, 1]
