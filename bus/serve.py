"""`gavel-bus serve`: the bus's entrance and its pusher in one command, on a database of its own."""

import os
import shlex
import socket
import sys
from pathlib import Path

import click
from service_kit.config import exit_with, or_exit
from service_kit.errors import ConfigError
from service_kit.migrate import migrate_or_exit
from service_kit.private import keep_files_private, runtime_folder
from service_kit.run.forking import keep_room_for_names
from service_kit.run.logs import LogStream
from service_kit.run.stay import stay
from service_kit.tokens import new_token
from service_kit.url import LOOPBACK_HOSTS
from service_kit.web_concurrency import forget_web_concurrency

from bus.config import read

_DATABASE = "sqlite:///gavel-bus.sqlite3"
_KEY_FILE = Path("gavel-bus.key")


@click.command()
@click.option(
    "--database",
    metavar="URL",
    help="sqlite:///FILE, made if need be, or postgresql://USER@HOST/NAME."
    "  [BUS_DATABASE_URL; default: sqlite:///gavel-bus.sqlite3]",
)
@click.option(
    "--root-key-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Holds the root key; made with a new one if need be."
    "  [default: BUS_ROOT_KEY, else gavel-bus.key]",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(1024, 65535), default=8001, show_default=True)
@click.option(
    "--pusher-port",
    type=click.IntRange(1024, 65535),
    help="Where the pusher says on loopback whether it is well.  [default: the next one]",
)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
def serve(
    database: str | None,
    root_key_file: Path | None,
    host: str,
    port: int,
    pusher_port: int | None,
    workers: int,
) -> None:
    """Run the bus: take events, and push them to who has subscribed.

    Makes what is missing (database, tables, root key), starts the entrance and the pusher, starts
    again what ends by itself, and ends both with Ctrl-C or SIGTERM. All other settings are BUS_…
    in the environment. On loopback, subscribers on this machine may use plain http, unless
    BUS_TRUSTED_HOSTS says otherwise.
    """
    forget_web_concurrency()
    keep_room_for_names()
    keep_files_private()
    ports = {"bus": port, "pusher": pusher_port or port + 1}
    settings = dict(os.environ) | {"PYTHONUNBUFFERED": "1", "BUS_PUSHER_PORT": str(ports["pusher"])}
    url = f"http://{_at(host, port)}"
    try:
        runtime_folder()
        _check_free("--port", host, port)
        _check_free("--pusher-port", "127.0.0.1", ports["pusher"])
        settings.setdefault("BUS_PUBLIC_URL", url)
        if host in LOOPBACK_HOSTS:
            settings.setdefault("BUS_TRUSTED_HOSTS", "localhost,127.0.0.1,[::1]")
        key_file = _root_key(root_key_file, settings)
    except ConfigError as error:
        exit_with(error.complaints)
    settings["BUS_DATABASE_URL"] = database or settings.get("BUS_DATABASE_URL") or _DATABASE
    os.environ |= settings  # what `read` reads, and the two processes inherit
    config = or_exit(read)
    or_exit(lambda: _keep(config.root_key, key_file))
    for database_url in config.database_urls:
        migrate_or_exit("bus", database_url)
    key = f"in {key_file}" if key_file else "of BUS_ROOT_KEY"
    words = f"Ready.\n  bus       {url}\n  console   {url}/console/\n  root key  {key}"
    commands = _commands(host, port, workers)
    logs = LogStream(sys.stderr.buffer)
    sys.exit(stay(commands, ports=ports, logs=logs, words=words))


def _at(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _check_free(option: str, host: str, port: int) -> None:
    """Raises ConfigError when nobody can listen there."""
    try:
        with socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        ):
            pass
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "no such host"
        raise ConfigError([f"{option}: can't listen at {_at(host, port)}: {why}"]) from None


def _root_key(file: Path | None, settings: dict[str, str]) -> Path | None:
    """Put the root key into the settings, the file's, or a new one where there is no such file;
    returns where it is kept. Raises ConfigError."""
    if file is None and "BUS_ROOT_KEY" in settings:
        return None
    file = file or _KEY_FILE
    try:
        settings["BUS_ROOT_KEY"] = file.read_text().strip()
    except FileNotFoundError:
        settings["BUS_ROOT_KEY"] = new_token()
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(file, error) from None
    return file


def _keep(key: str, file: Path | None) -> None:
    """Once all settings are right. Raises ConfigError."""
    try:
        if file and not file.exists():
            with file.open("x") as new:
                new.write(f"{key}\n")
    except OSError as error:
        raise _unusable(file, error) from None


def _unusable(file: Path | None, error: Exception) -> ConfigError:
    reason = error.strerror if isinstance(error, OSError) else "is no text"
    return ConfigError([f"root key: {file}: {reason}"])


def _commands(host: str, port: int, workers: int) -> dict[str, str]:
    here = Path(__file__).parent
    program = [sys.executable, "-m", "gunicorn", "-c", here / "gunicorn.conf.py"]
    how = ["-k", "bus.server.AsgiWorker", "-w", workers, "-b", _at(host, port)]
    return {
        "bus": shlex.join(map(str, [*program, *how, "bus.asgi:create_app()"])),
        "pusher": shlex.join([sys.executable, "-m", "bus.worker"]),
    }
