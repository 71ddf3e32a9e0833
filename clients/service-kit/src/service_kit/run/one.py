"""`python -m service_kit.run.one NAME`: become one process of this folder's Procfiles.

For an init system or a container, which has the settings in the environment: the command lines
stand in one place. A release ends by itself; everything else is the process that it names.
"""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from service_kit.config import exit_with
from service_kit.run.ports import is_port, listen_host_complaint
from service_kit.run.processes import every_command
from service_kit.web_concurrency import forget_web_concurrency

_NEEDED = re.compile(r"\$(?:\{([A-Z_]+)\}|([A-Z_]+))")


def main() -> None:
    """Replace this process by the one that is named; a clear line and 2 when there is none."""
    forget_web_concurrency()
    commands = every_command(Path.cwd())
    names = sys.argv[1:]
    if len(names) != 1 or names[0] not in commands:
        exit_with((f"name one of: {', '.join(commands) or 'nothing, for there is no Procfile'}",))
    command = commands[names[0]]
    if complaints := command_complaints(command, os.environ):
        exit_with(complaints)
    own = str(Path(sys.executable).parent)
    path = f"{own}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    environment = dict(os.environ) | {"PATH": path}
    os.execve("/bin/sh", ["sh", "-c", _replacing(command)], environment)  # noqa: S606


def command_complaints(command: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """What its command line needs of the environment and hasn't, a line each: the shell would put
    nothing in its place, and the program complain of what nobody wrote."""
    needed = dict.fromkeys(a or b for a, b in _NEEDED.findall(command))
    complaints = [_complaint(name, environment.get(name, "")) for name in needed]
    return tuple(filter(None, [*complaints, listen_host_complaint(environment)]))


def _complaint(name: str, value: str) -> str | None:
    if not value:
        return f"{name}: is empty or not set"
    if name.startswith("PORT_") and not is_port(value):
        return f"{name}: {value!r} is not a port between 1024 and 65535"
    return None


def _replacing(command: str) -> str:
    """So that a signal reaches the process and not a shell; of several commands the shell stays."""
    return f"set -e; {command}" if "&&" in command else f"exec {command}"


if __name__ == "__main__":
    main()
