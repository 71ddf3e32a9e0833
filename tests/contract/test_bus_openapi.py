"""Whatever is sent to the bus, the answer is what its OpenAPI document says, and never a 500."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
import schemathesis
import uvicorn
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from service_kit.clock import now_ms

from bus import asgi
from bus.config import Config
from bus.storage import open_storage
from tests.contract.conftest import ROOT_KEY, bus_token
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

# That a topic belongs to somebody else, or a host is not trusted, is beyond what a schema says.
BEYOND_SCHEMA = [positive_data_acceptance]


@contextmanager
def listening(app: Any) -> Iterator[str]:
    """An ASGI app under uvicorn on a free port of loopback."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_for(lambda: server.started, what="uvicorn")
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)


@pytest.fixture
def asgi_bus(sqlite_copy: Callable[[str], str]) -> Iterator[str]:
    """Where the bus answers through its own entrance."""
    url = sqlite_copy("bus")
    storage = open_storage(url, now_ms)
    with listening(
        asgi.create_app(Config(database_url=url, root_key=ROOT_KEY), storage=storage)
    ) as at:
        yield at
    storage.close()


def test_every_answer_of_every_operation_is_as_described(asgi_bus: str) -> None:
    schema = schemathesis.openapi.from_url(f"{asgi_bus}/openapi.json")
    for token, examples in ((_token(asgi_bus, "shop"), 20), (ROOT_KEY, 5)):
        for operation in schema.get_all_operations():
            _try(operation.ok(), token, examples)
    after = (_token(asgi_bus, "after"), "")
    answer = requests.post(f"{asgi_bus}/topics/untouched", json=EVENT, auth=after, timeout=10)
    assert answer.status_code == 200  # nothing that was sent broke what others do


def test_so_it_is_for_publishing_through_flask_which_goes_another_way(bus: Flask) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", bus)
    publishing = schema.include(path="/topics/{topic}", method="POST")
    for token in (bus_token(bus, "shop"), ROOT_KEY):
        for operation in publishing.get_all_operations():
            _try(operation.ok(), token, 20)
    after = (bus_token(bus, "after"), "")
    assert bus.test_client().post("/topics/untouched", json=EVENT, auth=after).status_code == 200


EVENT = {"type": "create", "url": "https://shop.example/widgets/1"}


def _try(operation: Any, token: str, examples: int) -> None:
    @given(case=operation.as_strategy())
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    def check(case: Any) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        case.call_and_validate(headers=headers, excluded_checks=BEYOND_SCHEMA)

    check()


def _token(url: str, name: str) -> str:
    made = requests.post(f"{url}/api_tokens", json={"name": name}, auth=(ROOT_KEY, ""), timeout=10)
    return str(made.json()["token"])
