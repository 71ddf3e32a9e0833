"""The environment of all processes: .env.example, the stage, secrets, .env, what is set outside.

Later ones win. An empty value in .env.example is a secret; one is made up once and kept in
`$VAR_DIR/secrets.env`, readable by its owner only. `STAGE` names a file of `stages/`: which
processes there are, and what they are set otherwise than in the example.
"""

import base64
import errno
import fcntl
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from string import Template

from dotenv import dotenv_values

from service_kit.errors import ConfigError
from service_kit.run.ports import is_port, listen_host_complaint
from service_kit.tokens import new_token

EXAMPLE_PORT_BASE = 8000
_DEEPEST = 10


def environment(folder: Path, outside: Mapping[str, str]) -> dict[str, str]:
    """Every setting of `.env.example` in `folder`, with its value for this machine.

    Makes VAR_DIR and its secrets if need be. Raises ConfigError.
    """
    example = _read(folder / ".env.example")
    overrides = _read(folder / ".env") | dict(outside)
    var = Path(overrides.get("VAR_DIR") or example["VAR_DIR"])
    var = var if var.is_absolute() else folder / var
    _make_writable(var)
    kept = _secrets(var / "secrets.env", [name for name, value in example.items() if not value])
    stage = _stage(folder / "stages", overrides.get("STAGE") or example.get("STAGE"))
    known = example | stage
    chosen = {name: overrides[name] for name in known if name in overrides}
    shifted = _shifted(example, chosen.get("PORT_BASE", example["PORT_BASE"]))
    resolved = _resolved(example | shifted | kept | stage | chosen | {"VAR_DIR": str(var)})
    _check_ports(resolved)
    return resolved


def _stage(folder: Path, name: str | None) -> dict[str, str]:
    if name is None:
        return {}
    stages = sorted(file.stem for file in folder.glob("*.env"))
    if name not in stages:
        raise ConfigError([f"STAGE: there is no stage {name!r}; there are {', '.join(stages)}"])
    return _read(folder / f"{name}.env")


def _read(file: Path) -> dict[str, str]:
    values = dotenv_values(file, interpolate=False) if file.exists() else {}
    return {name: value or "" for name, value in values.items()}


def _make_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)  # also one that an older version made
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ConfigError([f"VAR_DIR: {folder} is not writable ({error.strerror})"]) from error


def _secrets(file: Path, names: list[str]) -> dict[str, str]:
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "rb") as locked:
        fcntl.flock(locked, fcntl.LOCK_EX)  # two that start at once make up one set
        kept = _read(file)
        new = {name: _made_up(name) for name in names if name not in kept}
        lines = "".join(f"{name}={value}\n" for name, value in new.items())
        if lines and kept and not file.read_text().endswith("\n"):  # somebody has edited it
            lines = f"\n{lines}"
        _append(locked.fileno(), lines.encode())
    return {name: (kept | new)[name] for name in names}


def _append(file: int, data: bytes) -> None:
    """All of it or nothing: half a secret would be kept for ever. Raises OSError."""
    size = os.fstat(file).st_size
    if os.write(file, data) < len(data):
        os.ftruncate(file, size)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _made_up(name: str) -> str:
    if name.endswith("_WEBHOOK_SECRET"):
        return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    return new_token()


def _shifted(example: Mapping[str, str], port_base: str) -> dict[str, str]:
    if not is_port(port_base):
        raise ConfigError([f"PORT_BASE: {port_base!r} is not a port between 1024 and 65535"])
    shift = int(port_base) - EXAMPLE_PORT_BASE
    ports = {name: value for name, value in example.items() if name.startswith("PORT_")}
    return {name: str(int(value) + shift) for name, value in ports.items()}


def _check_ports(settings: Mapping[str, str]) -> None:
    bad = [
        f"{name}: {value!r} is not a port between 1024 and 65535"
        for name, value in settings.items()
        if name.startswith("PORT_") and not is_port(value)
    ]
    if complaint := listen_host_complaint(settings):
        bad.append(complaint)
    if bad:
        raise ConfigError(bad)


def _resolved(values: dict[str, str]) -> dict[str, str]:
    try:
        for _ in range(_DEEPEST):
            values = {name: Template(value).substitute(values) for name, value in values.items()}
    except (KeyError, ValueError) as error:
        raise ConfigError([f".env: {error} is not a setting"]) from error
    return values
