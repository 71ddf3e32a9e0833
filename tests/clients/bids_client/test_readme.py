"""The README's examples run against the real service and print what the README says."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from structlog.testing import capture_logs
from werkzeug.serving import make_server

from bids_service.commands.import_auctions import create_bidding
from bids_service.engine.increments import IncrementTable
from tests.bids_service.service import ALL, known_terms, start
from tests.clients.readme import ROOT, examples
from tests.sockets import free_port

AUCTION = "https://auctions.example/auctions/1"
ADA = "https://auctions.example/customers/ada"
TERMS = {
    "currency": "USD",
    "start_price": {"amount": "10.00", "currency": "USD"},
    "increments": [[0, 50]],
    "reserve": {"amount": "40.00", "currency": "USD"},
    "starts_at_ms": 0,
    "ends_at_ms": 100,
}


@contextmanager
def serving(app: Flask, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_examples_print_what_they_say(
    sqlite_copy: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    service = start(sqlite_copy("bids_service"), public_url=url)
    steps = IncrementTable.of([[0, 50]])
    create_bidding(service.parts.books, AUCTION, known_terms(start_price=1000, increments=steps))
    names = {"bids_url": url, "token": ALL, "auction": AUCTION, "ada": ADA, "terms": TERMS}
    with serving(service.app, port), capture_logs():
        exec(examples("clients", "bids-client", "README.md"), names)
    service.parts.close()
    readme = ROOT.joinpath("clients/bids-client/README.md").read_text(encoding="utf-8")
    said = re.findall(r"```text\n(.*?)```", readme, re.DOTALL)
    assert capsys.readouterr().out == "".join(said)
