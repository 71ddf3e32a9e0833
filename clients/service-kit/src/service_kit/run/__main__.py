"""`python -m service_kit.run`: start this folder's Procfile, say when all is ready, and stay."""

import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from service_kit.config import exit_with
from service_kit.errors import ConfigError
from service_kit.private import keep_files_private, runtime_folder
from service_kit.run.logs import LogFiles
from service_kit.run.only_one import lock_folder
from service_kit.run.ports import ports_of, refuse_busy
from service_kit.run.processes import commands_of
from service_kit.run.readiness import wait_until_ready
from service_kit.run.settings import environment
from service_kit.run.supervisor import Supervisor
from service_kit.run.words import say

_READY_WITHIN_S = 60.0


def main() -> int:
    """Release, start, wait, say so, and stay until Ctrl-C. Returns the exit status."""
    keep_files_private()
    folder = Path.cwd()
    try:
        runtime_folder()
        settings = environment(folder, os.environ)
        lock_folder(Path(settings["VAR_DIR"]))
        commands = commands_of(folder, settings)
        refuse_busy(ports_of(settings))
    except ConfigError as error:
        exit_with(error.complaints)
    except OSError as error:  # a full disk, for one
        exit_with((f"VAR_DIR: it can't start there ({error.strerror})",))
    everything = _with_own_programs(settings)
    released = "".join(_release(command, everything) for command in commands.releases)
    return _run(commands.processes, everything, released)


def _with_own_programs(settings: Mapping[str, str]) -> dict[str, str]:
    own = str(Path(sys.executable).parent)
    path = f"{own}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return dict(os.environ) | dict(settings) | {"PATH": path, "PYTHONUNBUFFERED": "1"}


def _release(command: str, settings: Mapping[str, str]) -> str:
    done = subprocess.run(  # noqa: S602 - a Procfile holds shell commands
        f"set -e; {command}",
        shell=True,
        env=settings,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stdout)
        sys.exit(done.returncode)
    return done.stdout


def _run(processes: Mapping[str, str], settings: dict[str, str], released: str) -> int:
    logs = LogFiles(Path(settings["VAR_DIR"]) / "log")
    supervisor = Supervisor(processes, settings, logs, _complain)

    def end(_number: int, _frame: FrameType | None) -> None:
        supervisor.end()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # the last: no terminal any more
        signal.signal(number, end)
    arguments = (supervisor, processes, settings, released, logs)
    watch = threading.Thread(target=_announce, args=arguments)
    watch.start()
    supervisor.loop()
    watch.join()
    return _farewell(supervisor, logs)


def _complain(words: str) -> None:
    say(words, sys.stderr)


def _farewell(supervisor: Supervisor, logs: LogFiles) -> int:
    if (name := supervisor.ended_first) is None:
        say("Stopped.", sys.stdout)
        return supervisor.status
    _complain(f"{name} ended by itself, so all were stopped:\n{logs.last_lines(name)}")
    return abs(supervisor.status) or 1


def _announce(
    supervisor: Supervisor,
    processes: Mapping[str, str],
    settings: Mapping[str, str],
    released: str,
    logs: LogFiles,
) -> None:
    ports = {name: port for name, port in ports_of(settings).items() if name in processes}
    waiting = wait_until_ready(ports, seconds=_READY_WITHIN_S, give_up=lambda: supervisor.is_ending)
    if not waiting:
        supervisor.keep()
        say(_block(ports, released, logs), sys.stdout)
        return
    if supervisor.is_ending:
        return  # somebody has ended: `_farewell` says who
    for name, word in waiting.items():
        _complain(f"{name} is not ready: {word}\n{logs.last_lines(name)}")
    supervisor.status = 1
    supervisor.end()


def _block(ports: Mapping[str, int], released: str, logs: LogFiles) -> str:
    width = max(map(len, ports), default=0)
    addresses = [f"  {name.ljust(width)}  http://localhost:{port}" for name, port in ports.items()]
    return "\n".join(
        ["Ready.", *addresses, f"  logs: {shlex.quote(str(logs.path('*')))}", released]
    )


if __name__ == "__main__":
    sys.exit(main())
