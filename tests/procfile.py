"""Processes by the Procfile's own command lines: started, killed and restarted by name."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from service_kit.run.processes import commands_of
from service_kit.run.readiness import not_ready

from tests.forked import Started, forking, start_line
from tests.waiting import PATIENCE_S, wait_for

ROOT = Path(__file__).parents[1]


def procfile() -> dict[str, str]:
    """The command line of every process of the Procfile, by name."""
    return dict(commands_of(ROOT, {}).processes)


def surroundings(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment in which a command line finds our own programs."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return dict(os.environ) | dict(settings) | {"PATH": path}


class Processes:
    """Commands by name, each in a process group and with a log file of its own.

    `settings` are added to the environment; who has one of `ports` answers /readyz there. Forked
    ones don't import anew what their kind imports (`tests/forked`).
    """

    def __init__(
        self,
        commands: Mapping[str, str],
        settings: Mapping[str, str],
        ports: Mapping[str, int],
        log: Path,
        *,
        forked: bool = False,
    ) -> None:
        self._forked = forked
        self.commands = dict(commands)
        self.ports = dict(ports)
        self._log = log
        self._log.mkdir(parents=True, exist_ok=True)
        self._running: dict[str, Started] = {}
        self._environment = surroundings(settings)

    def url(self, process: str) -> str:
        """Where a process answers."""
        return f"http://localhost:{self.ports[process]}"

    def run(self, command: str) -> str:
        """Run a command to its end; what it said. Raises AssertionError when it fails."""
        done = subprocess.run(
            command,
            shell=True,
            cwd=ROOT,
            env=forking(self._environment) if self._forked else self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *names: str) -> None:
        """Start these processes (all of them without names) and wait until they are ready."""
        self.launch(*names)
        self.wait_until_ready(*names)

    def launch(self, *names: str) -> None:
        """Start these processes (all of them without names) without waiting."""
        for name in names or self.commands:
            with (self._log / f"{name}.log").open("ab") as log:
                self._running[name] = self._started(self.commands[name], log.fileno())

    def _started(self, command: str, log: int) -> Started:
        if self._forked:
            return start_line(command, env=self._environment, output=log)
        return subprocess.Popen(
            f"exec {command}",
            shell=True,
            cwd=ROOT,
            env=self._environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def wait_until_ready(self, *names: str) -> None:
        """Wait until these processes (all without names) answer /readyz.

        Raises AssertionError with their logs when that takes too long, or when one has ended.
        """
        ports = {name: self.ports[name] for name in names or self._running if name in self.ports}

        def ready() -> bool:
            ended = [name for name in ports if not self.runs(name)]
            assert not ended, f"{', '.join(ended)} ended"
            return not not_ready(ports)

        try:
            wait_for(ready, what="every process ready")
        except AssertionError as error:
            raise AssertionError(f"{error} {not_ready(ports)}\n{self.logs()}") from error

    def pid(self, name: str) -> int:
        """The process id, which is its group's too."""
        return self._running[name].pid

    def runs(self, name: str) -> bool:
        """Whether it was started and has not ended, by itself or killed."""
        return name in self._running and self._running[name].poll() is None

    def kill(self, *names: str) -> None:
        """kill -9 the whole process group of each, all in the same moment."""
        for name in names:
            with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(self._running[name].pid, signal.SIGKILL)
        for name in names:
            self._running.pop(name).wait(PATIENCE_S)

    def stop(self, *names: str) -> dict[str, int]:
        """SIGTERM to these (all without names); returns their exit statuses."""
        stopping = {name: self._running.pop(name) for name in names or list(self._running)}
        for process in stopping.values():
            os.kill(process.pid, signal.SIGTERM)
        return {name: process.wait(PATIENCE_S) for name, process in stopping.items()}

    def logs(self) -> str:
        """The end of every process's log."""
        parts = [
            f"── {file.stem}\n" + "\n".join(file.read_text(errors="replace").splitlines()[-15:])
            for file in sorted(self._log.glob("*.log"))
        ]
        return "\n".join(parts)

    def output(self, name: str) -> str:
        """Everything that a process has logged."""
        return (self._log / f"{name}.log").read_text(errors="replace")

    def all_output(self) -> str:
        """Everything that any process has logged."""
        return "\n".join(self.output(file.stem) for file in sorted(self._log.glob("*.log")))

    def close(self) -> None:
        """Kill whatever still runs."""
        self.kill(*list(self._running))
