"""The bids service as the Procfile starts it, over a fresh database with open auctions."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from honcho.environ import parse_procfile
from service_kit.clock import now_ms
from service_kit.database import migrate

from bids_service.engine.increments import IncrementTable
from bids_service.engine.terms import Terms
from bids_service.storage.opening import Storage, open_storage
from bids_service.urls import Urls
from tests.bench.processes import ROOT, process
from tests.postgres import cluster, find_initdb
from tests.sockets import free_port

TOKEN = "a-token-of-the-bench-for-bids"
PUBLIC = "http://bids.test"
HOUR_MS = 3_600_000
_PROCFILE = parse_procfile((ROOT / "Procfile").read_text()).processes


@dataclass(frozen=True)
class BidsHouse:
    """A database, a folder for files, and how to start processes over it."""

    database_url: str
    folder: Path

    def storage(self) -> Storage:
        """The storage, opened in this process."""
        return open_storage(self.database_url, Urls(PUBLIC), now_ms)

    def open_auctions(self, name: str, count: int) -> list[str]:
        """Open that many auctions, an hour from their end, in USD with steps of 0.10."""
        now, storage = now_ms(), self.storage()
        urls = [f"http://a.test/auctions/{name}-{number}" for number in range(count)]
        terms = Terms(
            seller="http://a.test/customers/seller",
            currency="USD",
            start_price=100,
            increments=IncrementTable.of([[0, 10]]),
            starts_at_ms=now - 1000,
            ends_at_ms=now + HOUR_MS,
        )
        for url in urls:
            storage.books.open(url, terms)
        storage.close()
        return urls

    def listed(self, urls: list[str]) -> Path:
        """A file with a URL a line."""
        file = self.folder / f"auctions-{abs(hash(tuple(urls)))}"
        file.write_text("\n".join(urls) + "\n")
        return file

    @contextmanager
    def web(self) -> Iterator[str]:
        """The Procfile's `bids`, at the yielded URL."""
        port = free_port()
        environment = {
            "PORT_BIDS": str(port),
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
        command = ["sh", "-c", f"exec {_PROCFILE['bids']}"]
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
