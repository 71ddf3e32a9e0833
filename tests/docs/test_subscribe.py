"""docs/subscribe.md: its commands run as they stand, and what it shows is what arrives."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from bus_client import BusClient
from bus_drain import Mapping

from tests.docs.conftest import SECRET, UUID, VASE
from tests.sockets import free_port, peer
from tests.system.house import House
from tests.waiting import wait_for

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "subscribe.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(house: House, tmp_path: Path) -> Path:
    """One like the repository, beside a house with ports of its own, which no command names."""
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    (tmp_path / "var").symlink_to(house.settings["VAR_DIR"])
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parents[1])
    return tmp_path


@contextmanager
def terminal(folder: Path, script: str, port: int) -> Iterator[tuple[Path, Any]]:
    """A new shell that runs a script, with its receiver at `port`; yields its output and itself."""
    assert ":9100" in script
    output = folder / "output"
    with output.open("wb") as written:
        shell = subprocess.Popen(
            ["bash", "-c", "set -euo pipefail\n" + script.replace(":9100", f":{port}")],
            cwd=folder,
            stdout=written,
            stderr=subprocess.STDOUT,
            env={name: os.environ[name] for name in ("PATH", "HOME")},
            start_new_session=True,
        )
    try:
        yield output, shell
    finally:
        with suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGTERM)
        shell.wait(20)


def test_the_commands_lead_from_zero_to_fetching(folder: Path) -> None:
    script = "\n".join(blocks("sh")) + "\nwait"
    with terminal(folder, script, free_port()) as (output, shell):
        wait_for(lambda: f"noop {VASE}" in output.read_text(), seconds=60, what="the event")
        text = output.read_text()
        fetched, _ = json.JSONDecoder().raw_decode(text, text.index("{"))
        assert fetched["title"] == VASE
        assert shell.poll() is None, output.read_text()  # no command of the guide has failed


def test_what_it_shows_on_the_wire_is_what_arrives(
    house: House, client_of: Callable[[str], BusClient]
) -> None:
    received: list[bytes] = []
    arrived = threading.Event()

    def take(connection: socket.socket) -> None:
        data = b""
        while not data.endswith(b"}]"):
            data += connection.recv(65536)
        received.append(data)
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        arrived.set()

    with client_of("wire") as bus, peer(take) as url:
        made = bus.subscriptions.put(
            "default", topics=["wire_news"], callback=f"{url}/events", uuid=UUID, secret=SECRET
        )
        bus.noop("wire_news", house.url("auctions") + "/auctions/demabluevase")
        assert arrived.wait(30)
        bus.subscriptions.delete(made)

    (shown,) = blocks("http")
    ours, theirs = _request(shown.replace("\n", "\r\n")), _request(received[0].decode())
    assert ours[0] == theirs[0]
    # What HTTP itself adds needs no showing.
    assert set(ours[1]) == set(theirs[1]) - {"accept", "content-length", "user-agent"}
    assert ours[1]["authorization"] == theirs[1]["authorization"]
    assert list(ours[2][0]) == list(theirs[2][0])


def test_its_python_builds_what_it_says(tmp_path: Path) -> None:
    (code,) = blocks("python")
    names: dict[str, Any] = {"secret": SECRET}
    exec(code.replace("sqlite:///var/", f"sqlite:///{tmp_path}/"), names)

    assert isinstance(names["drain"], Mapping)
    assert names["marked"].count() == 0


def test_every_file_it_names_is_there() -> None:
    for name in re.findall(r"\]\(((?!http)[^)#]+)", GUIDE):
        assert (ROOT / "docs" / name).exists(), name


def _request(text: str) -> tuple[str, dict[str, str], list[dict[str, object]]]:
    head, _, body = text.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in lines)}
    return first, headers, json.loads(body)
