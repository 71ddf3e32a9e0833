"""Starting with something wrong: one clear line, and no start."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.forked import python
from tests.sockets import free_port

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
GOOD = {"BUS_ROOT_KEY": "root-key-of-the-tests"}


def start(command: list[str], **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        [python("bus"), "-m", *command],
        env=environment | settings,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        input="",
        check=False,
    )


def gunicorn(*arguments: str) -> list[str]:
    address = f"127.0.0.1:{free_port()}"
    return ["gunicorn", "-c", "bus/gunicorn.conf.py", "-b", address, *arguments]


COMMANDS = {
    "pusher": ["bus.worker"],
    "wsgi": gunicorn("bus.app:create_app()"),
    "asgi": gunicorn("-k", "bus.server.AsgiWorker", "bus.asgi:create_app()"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_missing_and_unknown_settings_are_all_named(command: list[str]) -> None:
    done = start(command, BUS_ROOT_KEYS="x")
    assert done.returncode == 2
    for name in ("BUS_DATABASE_URL", "BUS_ROOT_KEY", "BUS_ROOT_KEYS"):
        assert f"{name}: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_database_without_tables_is_named_with_what_to_do(
    command: list[str], tmp_path: Path
) -> None:
    done = start(command, BUS_DATABASE_URL=f"sqlite:///{tmp_path / 'new.sqlite3'}", **GOOD)
    assert done.returncode == 2
    assert "python -m service_kit.migrate bus" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"BUS_DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"}, "no folder /nowhere/at "),
        ({"BUS_DATABASE_URL": "mysql://x/y"}, "BUS_DATABASE_URL: "),
        ({"BUS_ROOT_KEY": "short"}, "BUS_ROOT_KEY: "),
        ({"BUS_TRUSTED_HOSTS": "http://x"}, "BUS_TRUSTED_HOSTS: "),
        ({"BUS_PUSHER_PORT": "x"}, "BUS_PUSHER_PORT: "),
        ({"BUS_MAX_DATA_BYTES": "-1"}, "BUS_MAX_DATA_BYTES: "),
    ],
)
def test_a_bad_setting_is_named_without_its_value_when_secret(
    url: str, settings: dict[str, str], word: str
) -> None:
    done = start(["bus.worker"], **{"BUS_DATABASE_URL": url} | GOOD | settings)
    assert done.returncode == 2
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert "short" not in done.stderr
