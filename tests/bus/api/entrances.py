"""The bus in process through each of its entrances."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from a2wsgi import ASGIMiddleware
from werkzeug.test import Client

from bus import app, asgi
from bus.config import Config
from bus.storage import Logs, Storage
from tests.bus.clock import FakeClock


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop at work in a thread."""
    made = asyncio.new_event_loop()
    thread = threading.Thread(target=made.run_forever, daemon=True)
    thread.start()
    yield made
    asyncio.run_coroutine_threadsafe(_end(made), made).result(10)
    made.call_soon_threadsafe(made.stop)
    thread.join(10)
    made.close()


async def _end(loop: asyncio.AbstractEventLoop) -> None:
    """End what is still at work, or it is found unfinished when Python ends."""
    others = asyncio.all_tasks(loop) - {asyncio.current_task(loop)}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await loop.shutdown_default_executor()


@pytest.fixture(params=["wsgi", "asgi"])
def api(
    request: pytest.FixtureRequest,
    config: Config,
    storage: Storage,
    clock: FakeClock,
    loop: asyncio.AbstractEventLoop,
) -> Client:
    """The bus over HTTP, over the same database as `storage`."""
    if request.param == "wsgi":
        return app.create_app(config, logs=Logs(storage), clock=clock).test_client()
    entrance: Any = asgi.create_app(config, logs=Logs(storage), clock=clock)
    as_wsgi: Any = ASGIMiddleware(entrance, loop=loop)
    return Client(as_wsgi)
