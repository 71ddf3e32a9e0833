"""Processes of our own programs in a tenth of the time: forked from a Python that has imported
their modules already, which is most of what a start costs.

They are what their command line says in all else: their own sockets, files, signals and memory, to
be killed like any. One such Python serves one package, so that none has what another imports, to
all the workers of a test run. Who measures memory, brings a library or runs where Linux isn't
starts them the usual way.
"""

import atexit
import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from select import select

from tests.forked.python import package_of
from tests.run_folder import owner, run_folder
from tests.waiting import PATIENCE_S, wait_for

ROOT = Path(__file__).parents[2]
_PACKAGES = (
    "accounting_service",
    "auction_app",
    "bids_service",
    "bus",
    "bus_client",
    "mailer_service",
    "service_kit",
    "stages",
)
_HERE = Path(__file__).parent
_FOLDER = "forks"


class Forked:
    """A process that another has forked, with what tests use of `subprocess.Popen`."""

    def __init__(self, pid: int, asked: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._asked = asked

    def poll(self) -> int | None:
        """Its exit status, or minus the signal that killed it; None while it runs."""
        return self._ended_within(0)

    def wait(self, timeout: float | None = None) -> int:
        """The same when it has ended. Raises TimeoutExpired."""
        code = self._ended_within(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(15)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(9)

    def _ended_within(self, seconds: float | None) -> int | None:
        if self.returncode is None and select([self._asked], [], [], seconds)[0]:
            self.returncode = int(self._asked.recv(64))
            self._asked.close()
        return self.returncode


Started = Forked | subprocess.Popen[bytes]


def start(
    argv: Sequence[str], *, env: Mapping[str, str], output: int, group: int | None = None
) -> Started:
    """Start `python -m …` or gunicorn with both outputs to a file, in a session of its own or in a
    process group (0: a new one); `nice -n` may go before."""
    serving = _serving(package_of(argv)) if _can_fork(env) else None
    if serving is None:
        return _started_anew(argv, env, output, group)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asked:
        asked.connect(str(serving))
        wanted = {"argv": argv, "env": dict(env), "cwd": str(ROOT), "group": group}
        with open(os.devnull) as empty:
            socket.send_fds(asked, [json.dumps(wanted).encode()], [empty.fileno(), output, output])
        return Forked(int(asked.recv(64)), asked.dup())


def start_line(command: str, *, env: Mapping[str, str], output: int) -> Started:
    """The same with a command line of the Procfile."""
    return start(_words(command, env), env=env, output=output)


def python(package: str) -> str:
    """What to run instead of this Python, as the first of a command's words, to have `-m …` of the
    package forked for whoever waits for its end."""
    return str(_folder() / "python") if _can_fork({}) and _serving(package) else sys.executable


def forking(env: Mapping[str, str]) -> dict[str, str]:
    """The same environment, but that a shell's `python -m …` and `gunicorn` are forked."""
    if not _can_fork(env):
        return dict(env)
    for package in _PACKAGES:
        _launch(package)  # it imports nothing before it is asked
    for package in _PACKAGES:
        _serving(package)
    return dict(env) | {"PATH": f"{_folder()}{os.pathsep}{env['PATH']}"}


def close() -> None:
    """End all that fork, if the run is this process's; what was forked goes on."""
    if not _folder.cache_info().currsize:
        return
    if owner() != os.getpid():
        for process in _launched:
            process.returncode = 0  # it goes on, and nobody warns of that
        return
    for package in _PACKAGES:
        # One that ended, or never began, has no socket or doesn't listen at it.
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asked, suppress(OSError):
            asked.connect(str(run_folder() / _FOLDER / package))
            socket.send_fds(asked, [b"{}"], [])
            asked.recv(64)
    while _launched:
        _launched.pop().wait(PATIENCE_S)
    shutil.rmtree(run_folder() / _FOLDER, ignore_errors=True)
    for remembered in (_serving, _folder):
        remembered.cache_clear()


def _can_fork(env: Mapping[str, str]) -> bool:
    return hasattr(os, "pidfd_open") and "LD_PRELOAD" not in env


def _started_anew(
    argv: Sequence[str], env: Mapping[str, str], output: int, group: int | None
) -> subprocess.Popen[bytes]:
    here = [sys.executable if word == "python" else word for word in argv]
    return subprocess.Popen(
        here,
        cwd=ROOT,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=group is None,
        process_group=group,
    )


def _words(command: str, env: Mapping[str, str]) -> list[str]:
    """What a shell makes of a command line."""
    said = subprocess.run(
        ["/bin/sh", "-c", f"printf '%s\\0' {command}"],
        env=dict(env),
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    return said.stdout.split("\0")[:-1]


_launched: list[subprocess.Popen[bytes]] = []


@cache
def _serving(package: str) -> Path | None:
    """The socket of the Python that forks this package's processes; it ends with whose it is."""
    if package not in _PACKAGES:
        return None
    _launch(package)
    path = _folder() / package
    wait_for(path.exists, what=f"a Python for {package}")
    return path


def _launch(package: str) -> None:
    """Start it, unless some worker has: it outlives the one that did."""
    folder = _folder()
    with (folder / "launched").open("a+") as launched:
        fcntl.flock(launched, fcntl.LOCK_EX)
        launched.seek(0)
        if package not in launched.read().split():
            program = [sys.executable, "-m", "tests.forked.interpreter", str(folder / package)]
            _launched.append(
                subprocess.Popen(
                    [*program, str(owner())],
                    stdin=subprocess.DEVNULL,
                    cwd=ROOT,
                    start_new_session=True,
                )
            )
            launched.write(f"{package}\n")


@cache
def _folder() -> Path:
    folder = run_folder() / _FOLDER
    folder.mkdir(exist_ok=True)
    text = (_HERE / "python.py").read_text()
    with (folder / "launched").open("a") as launched:
        fcntl.flock(launched, fcntl.LOCK_EX)
        for program in ("python", "gunicorn"):
            if not (folder / program).exists():
                (folder / program).write_text(f"#!{sys.executable} -IS\n{text}")
                (folder / program).chmod(0o700)
    atexit.register(close)
    return folder
