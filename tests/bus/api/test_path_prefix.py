"""The bus under a path of a host that others share: links work, with either entrance, whether the
proxy takes the path off or not."""

import asyncio
import dataclasses
from typing import Any

import pytest
from a2wsgi import ASGIMiddleware
from bus_client import BusClient
from service_kit.wsgi_transport import WsgiTransport
from werkzeug.test import Client

from bus import app, asgi
from bus.config import Config
from bus.storage import Logs, Storage
from tests.bus.api.calling import call
from tests.bus.api.entrances import loop
from tests.bus.clock import FakeClock
from tests.bus.conftest import TOKENS

__all__ = ["loop"]

EVENT = {"type": "create", "url": "https://x.example/1"}
AT, CONTACT = "https://host/some/bus", "https://host/faults"
SUBSCRIPTION = {"topics": ["*"], "callback": "https://x.example/", "uuid": "u"}


def taken_off(wsgi: Any) -> Any:
    """A proxy that shows the bus under a path, which it takes off."""

    def proxy(environ: dict[str, Any], start_response: Any) -> Any:
        assert environ["PATH_INFO"].startswith("/some/bus/")
        path = environ["PATH_INFO"].removeprefix("/some/bus")
        return wsgi(environ | {"PATH_INFO": path}, start_response)

    return proxy


@pytest.fixture(params=["wsgi", "asgi"])
def bare(
    request: pytest.FixtureRequest,
    config: Config,
    storage: Storage,
    clock: FakeClock,
    loop: asyncio.AbstractEventLoop,
) -> Any:
    config = dataclasses.replace(
        config, path_prefix="/some/bus", public_url=AT, security_contact=CONTACT
    )
    if request.param == "wsgi":
        return app.create_app(config, logs=Logs(storage), clock=clock)
    return ASGIMiddleware(asgi.create_app(config, logs=Logs(storage), clock=clock), loop=loop)  # type: ignore[arg-type]


@pytest.fixture(params=["kept", "taken off"])
def shown(request: pytest.FixtureRequest, bare: Any) -> Any:
    return bare if request.param == "kept" else taken_off(bare)


def links(found: Any) -> set[str]:
    """Every link in a document."""
    if isinstance(found, list):
        return set().union(*map(links, found))
    if not isinstance(found, dict):
        return set()
    own = {found["href"]} if isinstance(found.get("href"), str) else set()
    return own.union(*map(links, found.values()))


def test_every_link_leads_back_under_the_path(shown: Any) -> None:
    api = Client(shown)
    one = "/some/bus/clients/subscriber/subscriptions/one"
    made = call(api, "PUT", one, SUBSCRIPTION, by="root")
    assert (made.status_code, made.headers["Location"]) == (201, one)
    assert call(api, "POST", "/some/bus/topics/bids", EVENT).status_code == 200
    pages = ["/some/bus/", "/some/bus/clients", one, one.rpartition("/")[0], f"{one}/attempts"]
    for page in pages:
        answer = call(api, "GET", page, by="root")
        found = links(answer.get_json(force=True))
        assert answer.status_code == 200
        assert found
        assert all(link.startswith("/some/bus/") for link in found), (page, found)


def test_the_client_goes_from_link_to_link(shown: Any) -> None:
    def whole(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        return list(shown(environ, start_response))

    bus = BusClient("https://host/some/bus", TOKENS["subscriber"], transport=WsgiTransport(whole))
    made = bus.subscriptions.put("one", topics=["*"], callback="https://x.example/", uuid="u")
    assert made.url == "https://host/some/bus/clients/subscriber/subscriptions/one"
    assert bus.subscriptions.pause(made).state == "paused"
    assert list(bus.subscriptions.attempts(made)) == []


def test_whom_to_tell_of_a_fault_is_said_there(shown: Any) -> None:
    said = call(Client(shown), "GET", "/some/bus/.well-known/security.txt").text.splitlines()
    assert said[0] == f"Contact: {CONTACT}"
    assert said[2] == f"Canonical: {AT}/.well-known/security.txt"


def test_a_path_that_only_begins_alike_is_not_ours(bare: Any) -> None:
    assert call(Client(bare), "GET", "/some/business/health").status_code == 404
    assert call(Client(bare), "GET", "/some/bus/health").status_code == 200


@pytest.mark.parametrize(
    "text", ["bus", "//", "/bus/", "/a//b", "/..", "/a b", "https://a/b", "/ä"]
)
def test_what_is_no_path_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    from service_kit.config import ConfigError

    from bus.config import read

    monkeypatch.setenv("BUS_DATABASE_URL", "sqlite:////tmp/x")
    monkeypatch.setenv("BUS_ROOT_KEY", "a-root-key-of-length")
    monkeypatch.setenv("BUS_PATH_PREFIX", "/")
    assert read().path_prefix == ""
    monkeypatch.setenv("BUS_PATH_PREFIX", text)
    with pytest.raises(ConfigError, match="BUS_PATH_PREFIX"):
        read()
