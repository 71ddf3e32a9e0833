"""The bids service as the Procfile starts it, over a fresh database with open auctions."""

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path

import psycopg
from honcho.environ import parse_procfile
from service_kit.clock import now_ms
from service_kit.schema import migrate

from bids_service.commands.apply import apply
from bids_service.commands.decide import Books
from bids_service.commands.import_auctions import create_bidding
from bids_service.engine.bid import Bid
from bids_service.engine.increments import IncrementTable
from bids_service.engine.terms import Terms
from bids_service.model import CommandRequest, Key
from bids_service.storage.database import Database, open_database
from bids_service.storage.queries import Queries
from bids_service.urls import Urls
from tests.bench.processes import ROOT, process
from tests.postgres import cluster, find_initdb
from tests.sockets import free_port

TOKEN = "a-token-of-the-bench-for-bids"
PUBLIC = "http://bids.test"
HOUR_MS = 3_600_000
_PROCFILE = parse_procfile((ROOT / "Procfile").read_text()).processes


_numbers = count(1)


def _request(auction: str, number: int) -> CommandRequest:
    bidder = f"http://a.test/customers/{number % 50}"
    bid = Bid(bidder=bidder, maximum=200 + 20 * number, currency="USD")
    key = Key(client="filling", key=f"{auction} {number}", fingerprint="")
    return CommandRequest(auction=auction, command=bid, key=key)


@dataclass(frozen=True)
class BidsHouse:
    """A database, a folder for files, and how to start processes over it."""

    database_url: str
    folder: Path

    def database(self) -> Database:
        """The database, opened in this process."""
        return open_database(self.database_url)

    def books(self) -> Books:
        """The bid books, for commands that need no server."""
        return Books(self.database(), Urls(PUBLIC, PUBLIC), now_ms)

    def bidding_url(self, server: str, auction: str) -> str:
        """Where a server shows the bidding of an auction."""
        database = self.database()
        stored = Queries(database).bidding_of(auction)
        database.close()
        assert stored is not None
        return f"{server}/biddings/{stored.id}"

    def open_auctions(
        self, name: str, number: int, *, lasts_ms: int = HOUR_MS, spread_ms: int = 1
    ) -> list[str]:
        """Open that many auctions in USD with steps of 0.10; their ends lie within `spread_ms`."""
        now, books = now_ms(), self.books()
        urls = [f"http://a.test/auctions/{name}-{number}" for number in range(number)]
        terms = Terms(
            seller="http://a.test/customers/seller",
            currency="USD",
            start_price=100,
            increments=IncrementTable.of([[0, 10]]),
            starts_at_ms=now - 1000,
            ends_at_ms=now + lasts_ms,
        )
        for turn, url in enumerate(urls):
            ends_at_ms = terms.ends_at_ms + turn * 7919 % spread_ms  # not in the order of ids
            create_bidding(books, url, replace(terms, ends_at_ms=ends_at_ms))
        books.database.close()
        return urls

    def listed(self, urls: list[str], price_minor: int = 0) -> Path:
        """A file that tells the load where to bid, above which price."""
        file = self.folder / f"auctions-{next(_numbers)}"
        file.write_text("".join(f"{url} {price_minor}\n" for url in urls))
        return file

    def fill(self, url: str, bids: int) -> int:
        """Place that many bids on an auction, each above the one before; the price it comes to."""
        books = self.books()
        requests = (_request(url, number) for number in range(bids))
        while group := list(islice(requests, 500)):
            apply(books, group)
        stored = Queries(books.database).bidding_of(url)
        books.database.close()
        assert stored is not None
        assert stored.bidding.bid_count == bids
        return stored.bidding.price or 0

    def web(self) -> AbstractContextManager[str]:
        """The Procfile's `bids`, at the yielded URL."""
        return self._process("bids", "PORT_BIDS")

    def commands(self) -> AbstractContextManager[str]:
        """The Procfile's `bids_commands`, at the yielded URL."""
        return self._process("bids_commands", "PORT_BIDS_COMMANDS")

    def jobs(self) -> AbstractContextManager[str]:
        """The Procfile's `bids_jobs`."""
        return self._process("bids_jobs", "BIDS_JOBS_PORT")

    def environment(self) -> dict[str, str]:
        """The service's settings."""
        return {
            "BIDS_DATABASE_URL": self.database_url,
            "BIDS_PUBLIC_URL": PUBLIC,
            "BIDS_TOKENS": f"bench:bids:read+bids:write+bids:read_maximum:{TOKEN}",
            "BIDS_BUS_URL": "http://bus.test",
            "BIDS_BUS_TOKEN": "a-token-of-a-bus-that-is-not-there",
            "BIDS_WEBHOOK_UUID": "bench",
            "BIDS_WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "BIDS_AUCTIONS_URL": "http://a.test",
            "BIDS_AUCTIONS_TOKEN": "a-token-of-auctions-that-are-not-there",
        }

    @contextmanager
    def _process(self, name: str, port_setting: str) -> Iterator[str]:
        port = free_port()
        environment = self.environment() | {port_setting: str(port)}
        command = ["sh", "-c", f"exec {_PROCFILE[name]}"]
        with process(command, port=port, environment=environment):
            yield f"http://127.0.0.1:{port}"


@contextmanager
def on_sqlite() -> Iterator[BidsHouse]:
    """A house over a new SQLite file."""
    with tempfile.TemporaryDirectory(prefix="gavel-bench-") as folder:
        url = f"sqlite:///{folder}/bids.sqlite3"
        migrate("bids_service", url)
        yield BidsHouse(url, Path(folder))


@contextmanager
def on_postgres() -> Iterator[BidsHouse]:
    """A house over a new database of a private PostgreSQL. Raises LookupError without `initdb`."""
    initdb = find_initdb()
    if initdb is None:
        raise LookupError("no initdb on this machine")
    with cluster(initdb) as server, tempfile.TemporaryDirectory(prefix="gavel-bench-") as folder:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench")
        url = server.removesuffix("postgres") + "bench"
        migrate("bids_service", url)
        yield BidsHouse(url, Path(folder))


ENGINES = {"SQLite": on_sqlite, "PostgreSQL": on_postgres}
