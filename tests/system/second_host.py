"""A second host of the web app and of live, over the same databases, bus and photos."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.procfile import Processes, procfile
from tests.sockets import free_port
from tests.system.house import House


@contextmanager
def second_host(house: House, var: Path) -> Iterator[Processes]:
    """Its processes `auctions` and `live`, ready, with folders of their own."""
    temporary = var / "tmp"
    temporary.mkdir(mode=0o700, parents=True)
    ports = {"auctions": free_port(), "live": free_port()}
    live = f"http://localhost:{ports['live']}"
    own = {
        "VAR_DIR": str(var),
        "TMPDIR": str(temporary),
        "PORT_AUCTIONS": str(ports["auctions"]),
        "PORT_LIVE": str(ports["live"]),
        "LIVE_PUBLIC_URL": live,
        "AUCTIONS_LIVE_URL": live,
    }
    commands = {name: procfile()[name] for name in ports}
    processes = Processes(commands, house.settings | own, ports, var / "log", forked=True)
    try:
        processes.start()
        yield processes
    finally:
        processes.close()
