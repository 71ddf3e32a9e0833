"""A client that openapi-python-client makes of /openapi.json works: a call of each kind."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.contract.conftest import ROOT_KEY, RunningBus

pytestmark = pytest.mark.slow

PACKAGE = "generated_bus_client"
TIMEOUT_S = 60


class Generated:
    """The client that was generated, for one token."""

    def __init__(self, url: str, token: str) -> None:
        make = _module("client").AuthenticatedClient
        self._client = make(base_url=url, token=token, raise_on_unexpected_status=True)

    def close(self) -> None:
        """Let go of its connections."""
        self._client.get_httpx_client().close()

    def call(self, operation: str, *path: str, **how: Any) -> Any:
        """The status and what it was parsed to."""
        answer = _module(f"api.{operation}").sync_detailed(*path, client=self._client, **how)
        return int(answer.status_code), answer.parsed


def model(name: str, of: dict[str, Any]) -> Any:
    """A body, as the client wants it."""
    return getattr(_module("models"), name).from_dict(of)


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{PACKAGE}.{name}")


@pytest.fixture
def generated(running_bus: RunningBus, tmp_path: Path) -> Iterator[Path]:
    """Where the client was generated, which can be imported."""
    config = tmp_path / "config.yml"
    config.write_text("post_hooks: []\n")
    command = ["-m", "openapi_python_client", "generate", "--config", str(config)]
    to = ["--meta", "none", "--output-path", str(tmp_path / PACKAGE)]
    done = subprocess.run(
        [sys.executable, *command, "--url", f"{running_bus.url}/openapi.json", *to],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(tmp_path))
    yield tmp_path / PACKAGE
    sys.path.remove(str(tmp_path))
    for name in [one for one in sys.modules if one.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


WANTED = {"topics": ["bids"], "callback": "https://s.example/events", "uuid": "u-1"}


@pytest.fixture
def client(running_bus: RunningBus, generated: Path) -> Iterator[Callable[[str], Generated]]:
    """Makes a client of a token."""
    assert generated.is_dir()
    with ExitStack() as stack:
        yield lambda token: stack.enter_context(closing(Generated(running_bus.url, token)))


def test_a_generated_client_makes_a_call_of_each_kind(client: Callable[[str], Generated]) -> None:
    root = client(ROOT_KEY)
    status, made = root.call("tokens.create_token", body=model("CreateTokenBody", {"name": "shop"}))
    assert status == 201
    shop = client(made.token)

    event = model("NewEvent", {"type": "create", "url": "https://x.example/1"})
    assert shop.call("topics.publish", "bids", body=event, idempotency_key="k")[0] == 200
    assert shop.call("topics.publish", "bids", body=[event, event])[0] == 200
    status, topics = shop.call("topics.list_topics")
    assert (status, [(one.name, one.events) for one in topics]) == (200, [("bids", 3)])

    body = model("PutSubscriptionBody", WANTED)
    statuses = []
    for _ in range(2):
        status, shown = shop.call(
            "subscription_resources.put_subscription", "shop", "stock", body=body
        )
        statuses.append(status)
        assert shown.callback == WANTED["callback"]
    assert statuses == [201, 200]
    status, paused = shop.call("subscription_actions.pause", "shop", "stock")
    assert (status, paused.state) == (200, "paused")
    status, page = shop.call("attempts.attempts", "shop", "stock", limit=5)
    assert (status, page.to_dict()["_embedded"]) == (200, {"attempts": []})
    status, problem = shop.call("subscription_resources.show_subscription", "shop", "other")
    assert (status, problem.status) == (404, 404)
    assert shop.call("subscription_resources.delete_subscription", "shop", "stock")[0] == 204
    assert root.call("tokens.delete_token", made.token)[0] == 204
