"""`python -m service_kit.run`: start this folder's Procfile, say when all is ready, and stay."""

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from service_kit.config import exit_with
from service_kit.errors import ConfigError
from service_kit.private import keep_files_private, runtime_folder
from service_kit.run.addresses import write_addresses
from service_kit.run.forking import keep_room_for_names
from service_kit.run.logs import LogFiles
from service_kit.run.only_one import lock_folder
from service_kit.run.ports import ports_of, refuse_busy
from service_kit.run.processes import Commands, commands_of
from service_kit.run.settings import environment
from service_kit.run.stay import stay
from service_kit.web_concurrency import forget_web_concurrency


def main() -> int:
    """Release, start, wait, say so, and stay until Ctrl-C. Returns the exit status."""
    _read_arguments()
    forget_web_concurrency()
    keep_room_for_names()
    keep_files_private()
    folder = Path.cwd()
    try:
        runtime_folder()
        settings = environment(folder, os.environ)
        var = Path(settings["VAR_DIR"])
        lock_folder(var)
        logs = LogFiles(var / "log")
        commands = commands_of(folder, settings)
        refuse_busy(ports_of(settings))
        write_addresses(var, settings)
    except ConfigError as error:
        exit_with(error.complaints)
    except OSError as error:  # a full disk, for one
        exit_with((f"VAR_DIR: it can't start there ({error.strerror})",))
    except UnicodeError as error:
        exit_with((f"VAR_DIR or .env: a file of settings there is no text ({error})",))
    os.environ |= _with_own_programs(settings)  # of all that are started
    released = "".join(map(_release, commands.releases))
    return _run(commands, settings, released, logs)


def _read_arguments() -> None:
    """There are none but --help: everything is set by the environment."""
    parser = argparse.ArgumentParser(
        prog="make run",
        description="Start every process of this folder's Procfile, say when all are ready, start"
        " again what dies, and stay until Ctrl-C.",
        epilog="Settings are in .env.example: set them in .env or in the environment, such as"
        " STAGE=mvp, PORT_BASE=9000, VAR_DIR=/tmp/other. Addresses go to VAR_DIR/house.env,"
        " secrets to VAR_DIR/secrets.env, logs to VAR_DIR/log.",
    )
    parser.parse_args()


def _with_own_programs(settings: Mapping[str, str]) -> dict[str, str]:
    own = str(Path(sys.executable).parent)
    path = f"{own}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return dict(settings) | {"PATH": path, "PYTHONUNBUFFERED": "1"}


def _release(command: str) -> str:
    done = subprocess.run(  # noqa: S602 - a Procfile holds shell commands
        f"set -e; {command}",
        shell=True,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stdout)
        sys.exit(done.returncode)
    return done.stdout


def _run(commands: Commands, settings: Mapping[str, str], released: str, logs: LogFiles) -> int:
    processes, var = commands.processes, Path(settings["VAR_DIR"])
    ports = {name: port for name, port in ports_of(settings).items() if name in processes}
    words = _block(ports, released, var, logs)
    return stay(processes, apart=commands.apart, ports=ports, logs=logs, words=words)


def _block(ports: Mapping[str, int], released: str, var: Path, logs: LogFiles) -> str:
    width = max(map(len, ports), default=0)
    addresses = [f"  {name.ljust(width)}  http://localhost:{port}" for name, port in ports.items()]
    said = shlex.quote(str(logs.path("*")))
    shell = shlex.quote(str(var / "house.env"))
    return "\n".join(
        ["Ready.", *addresses, f"  logs: {said}", f"  in other terminals: . {shell}", released]
    )


if __name__ == "__main__":
    sys.exit(main())
