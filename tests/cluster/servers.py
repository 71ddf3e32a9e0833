"""Three database hosts and what leads to them, started by the very files of deploy/postgresql."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import requests

from tests.cluster.network import Machine, network
from tests.waiting import wait_for

DEPLOY = Path(__file__).parents[2] / "deploy" / "postgresql"
_PROGRAMS = ("ip", "setpriv", "etcd", "patroni", "haproxy")
_PASSWORD = "of-the-cluster-tests"
_USER = "postgres"
_SOCKETS = "/run/postgresql"
# All hosts have one file system here, but not one folder of sockets.
_OWN_SOCKETS = f'mount --bind "$0" {_SOCKETS} && exec "$@"'
# Before, a host that was cut off took the lead back from who had it meanwhile.
_PATRONI = (3, 0, 3)
_AS_POSTGRES = (f"--reuid={_USER}", f"--regid={_USER}", "--init-groups")
_FOLLOWING = (
    "SELECT CASE WHEN bool_or(sync_state = 'sync') THEN count(*) END FROM pg_stat_replication"
    " WHERE state = 'streaming' AND application_name LIKE 'db_'"
)
DATABASES = (Machine("db1", 11), Machine("db2", 12), Machine("db3", 13))
BALANCER = Machine("lb", 20)


def what_is_missing() -> str | None:
    """Why there can't be a cluster on this machine; None when there can."""
    if os.getuid() != 0:
        return "needs root, for network namespaces"
    absent = [name for name in _PROGRAMS if shutil.which(name) is None]
    if absent:
        return (
            f"needs {', '.join(absent)} (Debian: etcd-server haproxy patroni postgresql iproute2)"
        )
    return (
        None
        if _patroni_version() >= _PATRONI
        else "needs Patroni 3.0.3 or newer: docs/several-machines.md"
    )


def _patroni_version() -> tuple[int, ...]:
    said = subprocess.run(["patroni", "--version"], capture_output=True, text=True, check=True)
    return tuple(map(int, re.findall("[0-9]+", said.stdout)))


@dataclass(slots=True)
class DatabaseHost:
    """One of the three: etcd, and Patroni, which runs PostgreSQL."""

    machine: Machine
    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        """Start what isn't running."""
        for name, command in (("etcd", ["etcd"]), ("patroni", ["patroni", "patroni.yml"])):
            if name not in self.running or self.running[name].poll() is not None:
                self.running[name] = self._started(name, command)

    def is_primary(self) -> bool:
        """Whether Patroni would send writers here."""
        try:
            return requests.get(self._api("primary"), timeout=3).status_code == 200
        except requests.RequestException:
            return False

    def switch_over(self) -> None:
        """Ask the primary, which this is, to let another take over."""
        asked = {"leader": self.machine.name}
        answer = requests.post(self._api("switchover"), json=asked, timeout=60)
        assert answer.status_code in {200, 202}, answer.text

    def postmaster(self) -> int:
        """The process that all of PostgreSQL here are children of."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        """As if its power were cut."""
        self.machine.signal_all(signal.SIGKILL)
        for process in self.running.values():
            process.wait()

    def _api(self, what: str) -> str:
        return f"http://{self.machine.address}:8008/{what}"

    def _started(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        sockets, as_user = str(self.folder / "sockets"), ("setpriv", *_AS_POSTGRES)
        with (self.folder / f"{name}.log").open("ab") as output:
            return subprocess.Popen(
                self.machine.command("sh", "-c", _OWN_SOCKETS, sockets, *as_user, *command),
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        name = self.machine.name
        passwords = {
            f"PATRONI_{role}_PASSWORD": _PASSWORD for role in ("SUPERUSER", "REPLICATION", "REWIND")
        }
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            **settings(DEPLOY / "etcd.conf"),
            "ETCD_NAME": name,
            "ETCD_DATA_DIR": str(self.folder / "etcd"),
            "ETCD_INITIAL_ADVERTISE_PEER_URLS": f"http://{name}:2380",
            "ETCD_ADVERTISE_CLIENT_URLS": f"http://{name}:2379",
            "PATRONI_NAME": name,
            "PATRONI_RESTAPI_CONNECT_ADDRESS": f"{name}:8008",
            "PATRONI_POSTGRESQL_CONNECT_ADDRESS": f"{name}:5432",
            "PATRONI_POSTGRESQL_DATA_DIR": str(self.folder / "data"),
            **passwords,
        }


def settings(file: Path) -> Mapping[str, str]:
    """The variables of a file as systemd reads it."""
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Three database hosts, and the balancer before them."""

    hosts: tuple[DatabaseHost, ...]

    def primary(self) -> DatabaseHost:
        """The host that writers are sent to; waits until there is one."""
        found = wait_for(self._primary, what="a primary")
        assert found is not None
        return found

    def standbys(self) -> list[DatabaseHost]:
        """The other two."""
        primary = self.primary()
        return [one for one in self.hosts if one is not primary]

    def is_whole(self) -> bool:
        """Whether there is a primary that both others follow, one of them synchronously."""
        return self._count(_FOLLOWING) == 2

    def url(self, database: str, *, by: str = "balancer") -> str:
        """The URL of a database: through the balancer, or with all three hosts in it."""
        hosts = ",".join(f"{one.machine.address}:5432" for one in self.hosts)
        where = f"{BALANCER.address}:5432" if by == "balancer" else hosts
        return f"postgresql://{_USER}:{_PASSWORD}@{where}/{database}"

    def direct_url(self, database: str) -> str:
        """The URL of a database on the host that is the primary now."""
        return self._of(self.primary(), database)

    def create(self, database: str) -> None:
        """Make an empty database."""
        with psycopg.connect(self.direct_url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {database}".encode())

    def _primary(self) -> DatabaseHost | None:
        return next((one for one in self.hosts if one.is_primary()), None)

    def _count(self, statement: str) -> int:
        primary = self._primary()
        if primary is None:
            return 0
        try:
            with psycopg.connect(self._of(primary, "postgres"), connect_timeout=2) as connection:
                row = connection.execute(statement.encode()).fetchone()
        except psycopg.OperationalError:
            return 0
        return int(row[0] or 0) if row else 0

    def _of(self, host: DatabaseHost, database: str) -> str:
        return f"postgresql://{_USER}:{_PASSWORD}@{host.machine.address}:5432/{database}"


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Three database hosts and the balancer, from nothing; stopped and cleared away after."""
    folder.chmod(0o755)
    hosts = tuple(_host(machine, folder) for machine in DATABASES)
    with network([*DATABASES, BALANCER]), ExitStack() as stack:
        for host in hosts:
            stack.callback(host.kill)
            host.start()
        made = Cluster(hosts)
        wait_for(made.is_whole, what="a primary that two standbys follow")
        stack.enter_context(_balancing(folder))
        yield made


def _host(machine: Machine, folder: Path) -> DatabaseHost:
    own = folder / machine.name
    own.mkdir()
    shutil.copy(DEPLOY / "patroni.yml", own)
    for name in ("data", "sockets"):
        (own / name).mkdir(mode=0o700)
    for path in (own, *own.iterdir()):
        shutil.chown(path, _USER, _USER)
    return DatabaseHost(machine, own)


@contextmanager
def _balancing(folder: Path) -> Iterator[None]:
    command = BALANCER.command("haproxy", "-db", "-f", str(DEPLOY / "haproxy.cfg"))
    with (folder / "haproxy.log").open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        yield
    finally:
        process.kill()
        process.wait()
