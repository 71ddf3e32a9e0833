"""`python -m service_kit.run.one NAME`: become one process of this folder's Procfiles.

For an init system or a container, which has the settings in the environment: the command lines
stand in one place. A release ends by itself; everything else is the process that it names.
"""

import os
import sys
from pathlib import Path

from service_kit.config import exit_with
from service_kit.run.processes import every_command


def main() -> None:
    """Replace this process by the one that is named; a clear line and 2 when there is none."""
    commands = every_command(Path.cwd())
    names = sys.argv[1:]
    if len(names) != 1 or names[0] not in commands:
        exit_with((f"name one of: {', '.join(commands) or 'nothing, for there is no Procfile'}",))
    command = commands[names[0]]
    own = str(Path(sys.executable).parent)
    path = f"{own}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    environment = dict(os.environ) | {"PATH": path}
    os.execve("/bin/sh", ["sh", "-c", _replacing(command)], environment)  # noqa: S606


def _replacing(command: str) -> str:
    """So that a signal reaches the process and not a shell; of several commands the shell stays."""
    return f"set -e; {command}" if "&&" in command else f"exec {command}"


if __name__ == "__main__":
    main()
