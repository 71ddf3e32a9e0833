"""The examples in the READMEs run as they stand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.clients.readme import examples
from tests.contract.conftest import bus_token


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The app on a free port of loopback."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_bus_client(
    bus: Flask,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    names = {"publisher_token": bus_token(bus, "shop"), "subscriber_token": bus_token(bus, "stock")}
    with served(bus) as url:
        exec(examples("clients", "bus-client", "README.md"), names | {"bus_url": url})
    output = capsys.readouterr().out
    assert "default active" in output
    assert output.endswith("create https://shop.example/orders/1\n")


def test_service_kit() -> None:
    exec(examples("clients", "service-kit", "README.md"), {})
