"""Which commands of the Procfiles are run: those that the stage names, or all."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from honcho.environ import parse_procfile

from service_kit.errors import ConfigError

_RELEASE = "release"


@dataclass(frozen=True)
class Commands:
    """`releases` are run to their end first, one after the other; `processes` stay, by name, those
    of `apart` as programs of their own."""

    releases: tuple[str, ...]
    processes: Mapping[str, str]
    apart: tuple[str, ...] = ()


def commands_of(folder: Path, settings: Mapping[str, str]) -> Commands:
    """The commands of `Procfile` and `stages/Procfile` that `PROCESSES` names (without it: all of
    the first), and `RUN_APART`. A name that begins with "release" is a release. Raises ConfigError
    for what no Procfile has."""
    commands = _commands(folder / "Procfile")
    names = settings.get("PROCESSES", " ".join(commands)).split()
    commands |= _commands(folder / "stages" / "Procfile")
    chosen = {"PROCESSES": names, "RUN_APART": settings.get("RUN_APART", "").split()}
    if unknown := [
        f"{setting}: no Procfile has {name}"
        for setting, some in chosen.items()
        for name in some
        if name not in commands
    ]:
        raise ConfigError(unknown)
    processes = {name: commands[name] for name in names if not name.startswith(_RELEASE)}
    if not processes:
        raise ConfigError(["PROCESSES: names nothing that stays"])
    return Commands(
        releases=tuple(commands[name] for name in names if name.startswith(_RELEASE)),
        processes=processes,
        apart=tuple(chosen["RUN_APART"]),
    )


def every_command(folder: Path) -> dict[str, str]:
    """All commands of both Procfiles, by name."""
    return _commands(folder / "Procfile") | _commands(folder / "stages" / "Procfile")


def _commands(file: Path) -> dict[str, str]:
    return dict(parse_procfile(file.read_text()).processes) if file.exists() else {}
