"""`Bid.find(url)` answers alike from the database, in the process and over the network."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict

import pytest
from bids_client import (
    Bid,
    BidsClient,
    BidsError,
    BidsUnavailable,
    FindsBids,
    Money,
    NotFound,
    find_bids_at,
)
from service_kit.local import LocalTransport
from werkzeug.serving import make_server

from bids_service.stored_bids import StoredBids
from tests.bids_service.service import ALL, AUCTION, Service, bidder, start
from tests.sockets import free_port


@pytest.fixture
def service(sqlite_copy: Callable[[str], str]) -> Iterator[Service]:
    """A service that really listens at its public URL, with an auction."""
    port = free_port()
    service = start(sqlite_copy("bids_service"), f"http://127.0.0.1:{port}")
    service.learn(AUCTION)
    server = make_server("127.0.0.1", port, service.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield service
    server.shutdown()
    thread.join()
    server.server_close()
    service.parts.close()


@pytest.fixture
def sources(service: Service) -> dict[str, FindsBids]:
    """Everywhere that bids can be found."""
    url, parts = service.config.public_url, service.parts
    transport = LocalTransport()
    transport.serve(url, service.app)
    return {
        "database": StoredBids(parts.queries, parts.books.urls),
        "process": BidsClient(url, ALL, transport=transport),
        "network": BidsClient(url, ALL),
    }


def test_a_bid_is_the_same_wherever_it_is_found(
    service: Service, sources: dict[str, FindsBids]
) -> None:
    with BidsClient(service.config.public_url, ALL) as client:
        placed = [
            client.place(AUCTION, bidder(name), Money(amount, "USD"), f"{name}-{amount}")
            for name, amount in (("ada", 500), ("bob", 300), ("bob", 900))
        ]
    for bid in placed:
        found = []
        for source in sources.values():
            find_bids_at(source)
            found.append(Bid.find(bid.url))
        assert [type(one) for one in found] == [Bid] * 3
        assert found[0] == found[1] == found[2]
        assert asdict(found[0]).items() <= asdict(bid).items()


@pytest.mark.parametrize("path", ["/bids/999", "/bids/0", f"/bids/{10**17}"])
def test_a_bid_that_is_not_there_is_found_nowhere(
    service: Service, sources: dict[str, FindsBids], path: str
) -> None:
    for source in sources.values():
        find_bids_at(source)
        with pytest.raises(NotFound):
            Bid.find(f"{service.config.public_url}{path}")


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere.example/bids/1",
        "/bids/1",
        "",
        "{here}",
        "{here}/bids/" + "9" * 400,
        "{here}/bids/\u0661",
        "{here}/bids/-1",
        "{here}/bids/1/",
    ],
)
def test_what_is_no_url_of_a_bid_is_an_error_of_bids_everywhere(
    service: Service, sources: dict[str, FindsBids], url: str
) -> None:
    for source in sources.values():
        find_bids_at(source)
        with pytest.raises(BidsError):
            Bid.find(url.replace("{here}", service.config.public_url))


def test_where_nobody_has_said_where_bids_are_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bids_client.entities._found_at", [])

    with pytest.raises(BidsUnavailable, match="find_bids_at"):
        Bid.find("http://bids.test/bids/1")
