"""The service as the Procfile runs it: gunicorn and the jobs process, to be killed at will."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bids_client import BidsClient
from honcho.environ import parse_procfile
from service_kit.run.readiness import not_ready

from bids_service.storage.database import Database, open_database
from bids_service.storage.queries import Queries
from tests.bids_service.running.world import World, serving
from tests.forked import Started, start_line
from tests.sockets import free_port
from tests.waiting import PATIENCE_S, wait_for

ROOT = Path(__file__).parents[3]
TOKEN = "a-token-of-the-web-application"
_PROCFILE = parse_procfile((ROOT / "Procfile").read_text()).processes


@dataclass
class Running:
    """The service's processes over a database, and the world around them."""

    database_url: str
    world: World
    folder: Path
    ports: dict[str, int]
    database: Database
    _processes: dict[str, Started] = field(default_factory=dict)

    @property
    def queries(self) -> Queries:
        return Queries(self.database)

    @property
    def url(self) -> str:
        return _on(self.ports["bids"])

    def client(self) -> BidsClient:
        return BidsClient(self.url, TOKEN)

    def start(self) -> None:
        """Start what doesn't run, and wait until it can work."""
        for name in ("bids", "bids_commands", "bids_jobs"):
            if name in self._processes:
                continue
            with (self.folder / f"{name}.log").open("ab") as log:
                self._processes[name] = start_line(
                    _PROCFILE[name], env=self._environment(), output=log.fileno()
                )
        try:
            wait_for(lambda: not not_ready(self.ports), what="all processes ready")
        except AssertionError as error:
            raise AssertionError(self.output()) from error

    def kill(self) -> None:
        """kill -9 all of them, with all their children, in one moment."""
        for running in self._processes.values():
            os.killpg(running.pid, signal.SIGKILL)
        for running in self._processes.values():
            running.wait(PATIENCE_S)
        self._processes.clear()

    def output(self) -> str:
        """Everything that was logged."""
        return "\n".join(file.read_text(errors="replace") for file in self.folder.glob("*.log"))

    def _environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        scopes = "bids:read+bids:write+bids:read_maximum"
        return dict(os.environ) | {
            "PATH": path,
            "PORT_BIDS": str(self.ports["bids"]),
            "BIDS_DATABASE_URL": self.database_url,
            "PORT_BIDS_COMMANDS": str(self.ports["commands"]),
            "BIDS_PUBLIC_URL": self.url,
            "BIDS_COMMANDS_URL": _on(self.ports["commands"]),
            "BIDS_TOKENS": f"web:{scopes}:{TOKEN}",
            "BIDS_BUS_URL": self.world.url,
            "BIDS_BUS_TOKEN": "a-token-of-the-bus",
            "BIDS_WEBHOOK_UUID": "bids",
            "BIDS_WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "BIDS_AUCTIONS_URL": self.world.url,
            "BIDS_AUCTIONS_TOKEN": "a-token-of-the-auctions",
            "BIDS_JOBS_PORT": str(self.ports["jobs"]),
        }


@contextmanager
def running(database_url: str, folder: Path) -> Iterator[Running]:
    """All processes over a migrated database, ready; killed at the end."""
    with serving() as world:
        ports = {name: free_port() for name in ("bids", "commands", "jobs")}
        database = open_database(database_url)
        started = Running(database_url, world, folder, ports, database)
        try:
            started.start()
            yield started
        finally:
            started.kill()
            database.close()


def _on(port: int) -> str:
    return f"http://127.0.0.1:{port}"
