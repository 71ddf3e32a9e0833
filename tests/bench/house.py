"""The bus as the Procfile starts it, over a fresh database, with a receiver beside it."""

import json
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
from honcho.environ import parse_procfile
from service_kit.clock import now_ms
from service_kit.schema import migrate
from service_kit.tokens import digest

from bus.model.topic import TopicAbout
from bus.storage import Storage, open_logs, open_storage
from tests.bench.processes import ROOT, process
from tests.needs import missing
from tests.postgres import cluster, find_initdb
from tests.sockets import free_port

TOKEN = "publisher-token-of-the-bench"
_PROCFILE = parse_procfile((ROOT / "Procfile").read_text()).processes


@dataclass
class House:
    """A database, and how to start processes over it."""

    database_url: str
    extra: Mapping[str, str] = field(default_factory=dict)

    def storage(self) -> Storage:
        """The store, opened in this process."""
        return open_storage(self.database_url, now_ms)

    @contextmanager
    def web(self) -> Iterator[str]:
        """The Procfile's `bus`, at the yielded URL."""
        port = free_port()
        with process(_command("bus"), port=port, environment=self._environment(PORT_BUS=port)):
            yield f"http://127.0.0.1:{port}"

    @contextmanager
    def pusher(self) -> Iterator[int]:
        """The Procfile's `pusher`; yields its process id."""
        port = free_port()
        environment = self._environment(BUS_PUSHER_PORT=port)
        with process(_command("pusher"), port=port, environment=environment) as running:
            yield running.pid

    def _environment(self, **more: object) -> dict[str, str]:
        settings = {
            "BUS_DATABASE_URL": self.database_url,
            "BUS_ROOT_KEY": "root-key-of-the-bench",
            "BUS_TRUSTED_HOSTS": "127.0.0.1",
        }
        return settings | {name: str(value) for name, value in more.items()} | dict(self.extra)


@contextmanager
def on_sqlite(**extra: str) -> Iterator[House]:
    """A house over a new SQLite file."""
    with tempfile.TemporaryDirectory(prefix="gavel-bench-") as folder:
        yield _furnished(House(f"sqlite:///{folder}/bus.sqlite3", extra))


@contextmanager
def on_postgres() -> Iterator[House]:
    """A house over a new database of a private PostgreSQL; skips the measurement without one."""
    initdb = find_initdb()
    if initdb is None:
        missing("needs PostgreSQL (initdb)")
    with cluster(initdb) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench")
        yield _furnished(House(url.removesuffix("postgres") + "bench"))


def with_another_log(house: House, topic: str) -> House:
    """The house over SQLite, where the topic is in a log of its own, called like it."""
    url = f"{house.database_url.removesuffix('.sqlite3')}-{topic}.sqlite3"
    migrate("bus", url)
    logs = open_logs(house.database_url, {topic: url}, now_ms)
    logs.claim([topic], client_id(logs.home, "publisher"), TopicAbout(log=topic))
    logs.close()
    return replace(house, extra={**house.extra, "BUS_LOGS": f"main {topic}={url}"})


ENGINES = {"SQLite": on_sqlite, "PostgreSQL": on_postgres}


@dataclass(frozen=True)
class Subscriber:
    """A receiver process, asked over HTTP."""

    url: str

    def stats(self) -> dict[str, Any]:
        """What came since it forgot."""
        with urllib.request.urlopen(f"{self.url}/stats", timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def forget(self) -> None:
        """Start counting anew."""
        urllib.request.urlopen(f"{self.url}/forget", b"", timeout=30).close()


@contextmanager
def receiver() -> Iterator[Subscriber]:
    """A receiver process."""
    port = free_port()
    with process(["python", "-m", "tests.bench.receiver", str(port)], port=port):
        yield Subscriber(f"http://127.0.0.1:{port}")


def subscribe(storage: Storage, client: str, callback: str, *topics: str, **fields: Any) -> None:
    """Subscribe a client (made when missing) from now on."""
    from service_kit.webhooks import new_secret

    from bus.subscriptions.validation import check_subscription_resource

    wanted = {"topics": list(topics), "callback": callback, "uuid": client} | fields
    request = check_subscription_resource(wanted, {"127.0.0.1"}).request
    storage.subscriptions.replace(client_id(storage, client), request, new_secret())


def client_id(storage: Storage, name: str) -> int:
    """The id of a client, made when missing; its token follows from its name."""
    token = TOKEN if name == "publisher" else f"{name}-token-of-the-bench"
    storage.clients.add_token(name, digest(token))
    found = storage.clients.find(digest(token))
    assert found is not None
    return found[1].id


def _furnished(house: House) -> House:
    migrate("bus", house.database_url)
    storage = house.storage()
    client_id(storage, "publisher")
    storage.close()
    return house


def _command(name: str) -> list[str]:
    return ["sh", "-c", f"exec {_PROCFILE[name]}"]
