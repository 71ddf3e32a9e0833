"""Machines on one network: a namespace each, with names that all of them know.

The names and the files in /etc/netns have a prefix of their own, and go with the network.
"""

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PREFIX = "gavel-"
_BRIDGE = "gavelbr0"
_NET = "10.77.0"
_NETNS = Path("/etc/netns")


@dataclass(frozen=True, slots=True)
class Machine:
    """A network namespace with one cable."""

    name: str
    number: int

    @property
    def address(self) -> str:
        """Where the others find it."""
        return f"{_NET}.{self.number}"

    @property
    def namespace(self) -> str:
        """What `ip netns` calls it."""
        return f"{_PREFIX}{self.name}"

    @property
    def cable(self) -> str:
        """The end of its cable that is in the bridge."""
        return f"gavel{self.number}"

    def command(self, *words: str) -> list[str]:
        """What runs a program there."""
        return ["ip", "netns", "exec", self.namespace, *words]

    def signal_all(self, number: int) -> None:
        """Signal every process that runs there."""
        command = ["ip", "netns", "pids", self.namespace]
        found = subprocess.run(command, capture_output=True, check=False)
        for pid in map(int, found.stdout.split()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def cut(self) -> None:
        """Pull the cable: nothing comes or goes any more, and nobody is told."""
        _run("ip", "link", "set", self.cable, "nomaster")

    def mend(self) -> None:
        """Put it back."""
        _run("ip", "link", "set", self.cable, "master", _BRIDGE)


@contextmanager
def network(machines: Sequence[Machine]) -> Iterator[None]:
    """Machines, and this one at the same switch; what an earlier run left is cleared away."""
    _clear(machines)
    try:
        _run("ip", "link", "add", _BRIDGE, "type", "bridge")
        _run("ip", "addr", "add", f"{_NET}.1/24", "dev", _BRIDGE)
        _run("ip", "link", "set", _BRIDGE, "up")
        for machine in machines:
            _plug_in(machine, {each.name: each.address for each in machines})
        yield
    finally:
        _clear(machines)


def _plug_in(machine: Machine, names: Mapping[str, str]) -> None:
    hosts = _NETNS / machine.namespace / "hosts"
    hosts.parent.mkdir(parents=True)
    lines = ["127.0.0.1 localhost", *(f"{address} {name}" for name, address in names.items())]
    hosts.write_text("\n".join(lines) + "\n")
    _run("ip", "netns", "add", machine.namespace)
    inside = ["ip", "-n", machine.namespace]
    _run("ip", "link", "add", machine.cable, "type", "veth", "peer", "name", f"{machine.cable}i")
    _run("ip", "link", "set", f"{machine.cable}i", "netns", machine.namespace)
    _run(*inside, "link", "set", f"{machine.cable}i", "name", "eth0")
    _run(*inside, "addr", "add", f"{machine.address}/24", "dev", "eth0")
    for device in ("lo", "eth0"):
        _run(*inside, "link", "set", device, "up")
    _run("ip", "link", "set", machine.cable, "up", "master", _BRIDGE)


def _clear(machines: Sequence[Machine]) -> None:
    for machine in machines:
        machine.signal_all(signal.SIGKILL)
        with contextlib.suppress(subprocess.CalledProcessError):
            _run("ip", "netns", "del", machine.namespace)
        with contextlib.suppress(subprocess.CalledProcessError):
            _run("ip", "link", "del", machine.cable)
        shutil.rmtree(_NETNS / machine.namespace, ignore_errors=True)
    with contextlib.suppress(subprocess.CalledProcessError):
        _run("ip", "link", "del", _BRIDGE)
    if _NETNS.is_dir() and not os.listdir(_NETNS):
        _NETNS.rmdir()


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)
