"""The whole house: every process of the real Procfile, on free ports, in a temporary var/."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from honcho.environ import parse_procfile
from service_kit.run.ports import free_base, ports_of
from service_kit.run.readiness import not_ready
from service_kit.run.settings import environment

from tests.waiting import wait_for

ROOT = Path(__file__).parents[2]


class House:
    """Starts, kills and restarts the processes of the Procfile by name."""

    def __init__(self, var: Path, outside: Mapping[str, str]) -> None:
        base = free_base(range(26), random.sample(range(12_000, 30_000, 40), 200))
        chosen = {"VAR_DIR": str(var), "PORT_BASE": str(base)} | dict(outside)
        self.settings = environment(ROOT, chosen)
        self.ports = ports_of(self.settings)
        self.commands = parse_procfile((ROOT / "Procfile").read_text()).processes
        self._log = var / "log"
        self._log.mkdir(exist_ok=True)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self._environment = dict(os.environ) | self.settings | {"PATH": path}
        self._run_release(self.commands.pop("release"))

    def url(self, process: str) -> str:
        """Where a process answers."""
        return f"http://localhost:{self.ports[process]}"

    def start(self, *names: str) -> None:
        """Start these processes (all of them without names) and wait until they are ready."""
        for name in names or self.commands:
            with (self._log / f"{name}.log").open("ab") as log:
                self._running[name] = subprocess.Popen(
                    f"exec {self.commands[name]}",
                    shell=True,
                    cwd=ROOT,
                    env=self._environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        self.wait_until_ready(*names)

    def wait_until_ready(self, *names: str) -> None:
        """Wait until these processes (all without names) answer /readyz."""
        ports = {name: self.ports[name] for name in names or self._running}
        try:
            wait_for(lambda: not not_ready(ports), seconds=90, what="every process ready")
        except AssertionError as error:
            raise AssertionError(f"{not_ready(ports)}\n{self.logs()}") from error

    def kill(self, *names: str) -> None:
        """kill -9 the whole process group of each, all in the same moment."""
        for name in names:
            os.killpg(self._running[name].pid, signal.SIGKILL)
        for name in names:
            self._running.pop(name).wait(20)

    def stop(self, *names: str) -> dict[str, int]:
        """SIGTERM to these (all without names); returns their exit statuses."""
        stopping = {name: self._running.pop(name) for name in names or list(self._running)}
        for process in stopping.values():
            os.kill(process.pid, signal.SIGTERM)
        return {name: process.wait(20) for name, process in stopping.items()}

    def logs(self) -> str:
        """The end of every process's log."""
        parts = [
            f"── {file.stem}\n" + "\n".join(file.read_text(errors="replace").splitlines()[-15:])
            for file in sorted(self._log.glob("*.log"))
        ]
        return "\n".join(parts)

    def all_output(self) -> str:
        """Everything that any process has logged."""
        return "\n".join(f.read_text(errors="replace") for f in sorted(self._log.glob("*.log")))

    def close(self) -> None:
        """Kill whatever still runs."""
        self.kill(*list(self._running))

    def _run_release(self, command: str) -> None:
        done = subprocess.run(
            command,
            shell=True,
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr


@contextmanager
def open_house(var: Path, **outside: str) -> Iterator[House]:
    """A house with all its processes running and ready; killed at the end."""
    house = House(var, outside)
    try:
        house.start()
        yield house
    finally:
        house.close()
