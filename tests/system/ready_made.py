"""What a first release leaves, made once a run for each stage and copied for its other houses: most
of it is waiting for slow hashes of passwords, and making the same tables.

Addresses with a port are all that differs from house to house. Ports of tests have five digits, so
they are written over where they are in SQLite's files: nothing moves, and order stays, since all
ports of a house move alike.
"""

import fcntl
import re
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from tests.run_folder import run_folder

PORTS = range(26)
"""Of a house, from its base on."""
_FRESH_S = 1800
"""The demo's first auction ends in two hours."""
_SECRETS = "secrets.env"
_PORT = re.compile(rb"(?<=://localhost:)\d{5}")


def can_be_copied(var: Path, settings: Collection[str]) -> bool:
    """Whether it is a first release, and nothing of it depends on a setting from outside: what is
    stored there says where a house's databases and people are, but not where its mails go."""
    elsewhere = [name for name in settings if name.endswith("_URL") and name != "SMTP_URL"]
    return not elsewhere and not (var / _SECRETS).exists()


def copy_release(
    stage: str, var: Path, base: int, *, release: Callable[[str, Path], Mapping[str, str]]
) -> None:
    """Fill `var` for a house whose ports begin with `base`. `release` makes a house of the stage in
    a folder, and returns its settings."""
    made, its_base = _made(stage, release)
    for file in made.iterdir():
        copy = var / file.name
        copy.touch(0o600)
        copy.write_bytes(_moved(file.read_bytes(), base - its_base, its_base))


def _made(stage: str, release: Callable[[str, Path], Mapping[str, str]]) -> tuple[Path, int]:
    """Its databases and secrets, and the base of their ports; whoever needs it first makes it."""
    folder = run_folder() / f"released-{stage}-{time.time() // _FRESH_S:.0f}"
    folder.mkdir(exist_ok=True)
    kept, base = folder / "kept", folder / "base"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not base.exists():
            settings = release(stage, folder / "var")
            kept.mkdir(exist_ok=True)
            for file in (folder / "var").glob("*.sqlite3"):
                file.rename(kept / file.name)
            (folder / "var" / _SECRETS).rename(kept / _SECRETS)
            base.write_text(settings["PORT_BASE"])
    return kept, int(base.read_text())


def _moved(stored: bytes, by: int, base: int) -> bytes:
    def moved(port: re.Match[bytes]) -> bytes:
        number = int(port[0])
        return b"%d" % (number + by) if number - base in PORTS else port[0]

    return _PORT.sub(moved, stored)
