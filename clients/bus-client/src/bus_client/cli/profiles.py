"""Profiles: where a bus is and who asks, kept in a file of this user's own.

[default]
url = "https://bus.example"
token = "…"
"""

import os
import stat
import tomllib
from pathlib import Path
from typing import Any

import click

DEFAULT = "default"
_KEYS = {"url", "token"}
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def profiles_file() -> Path:
    """`gavel/bus.toml` where this user's settings are (XDG Base Directory)."""
    folder = os.environ.get("XDG_CONFIG_HOME", "")
    # The specification has a relative path ignored.
    home = Path(folder) if os.path.isabs(folder) else Path("~/.config").expanduser()
    return home / "gavel" / "bus.toml"


def read_profile(name: str | None) -> dict[str, str]:
    """The profile of this name; without one `default`, which may be missing.

    Raises click.UsageError for one that isn't there, and for a file that others may read: it
    holds tokens.
    """
    profiles = _read(profiles_file())
    if name is None:
        return _checked(DEFAULT, profiles.get(DEFAULT, {}))
    if name not in profiles:
        known = ", ".join(sorted(profiles)) or "none"
        raise click.UsageError(f"no profile {name!r} in {profiles_file()} (there: {known})")
    return _checked(name, profiles[name])


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            if os.fstat(opened.fileno()).st_mode & _OTHERS:
                raise click.UsageError(f"{file} may be read by others: chmod 600 {file}")
            return tomllib.load(opened)
    except FileNotFoundError:
        return {}
    except (OSError, RuntimeError) as error:
        raise click.UsageError(f"{file}: {getattr(error, 'strerror', error)}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{file} is not TOML: {error}") from error


def _checked(name: str, profile: Any) -> dict[str, str]:
    is_table = isinstance(profile, dict) and all(isinstance(one, str) for one in profile.values())
    if not is_table or not set(profile) <= _KEYS:
        raise click.UsageError(f"{profiles_file()}: [{name}] holds url and token, both texts")
    return dict(profile)
