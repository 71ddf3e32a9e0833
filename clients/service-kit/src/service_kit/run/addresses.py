"""Where everything is, for the shells beside a run."""

import shlex
from collections.abc import Mapping
from pathlib import Path

_PUBLIC = "_PUBLIC_URL"
_CHOSEN = ("VAR_DIR", "STAGE", "PORT_BASE")
"""What a run may have been started with: whoever works at it goes on with the same."""
_HEAD = "# Where things are, for other terminals: . house.env (written at each start)\n"


def addresses(settings: Mapping[str, str]) -> dict[str, str]:
    """Where things are, by the names that shells have for them."""
    return {
        f"{name.removesuffix(_PUBLIC)}_URL": value
        for name, value in settings.items()
        if name.endswith(_PUBLIC)
    }


def write_addresses(folder: Path, settings: Mapping[str, str]) -> None:
    """`house.env` in `folder`: BUS_URL for BUS_PUBLIC_URL, and so on, as lines for a shell; and
    which house it is. For who runs there alone: others' shells read it."""
    chosen = {name: settings[name] for name in _CHOSEN if settings.get(name)}
    found = addresses(settings) | chosen
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in found.items()]
    file, text = folder / "house.env", _HEAD + "".join(lines)
    if not file.exists() or file.read_text() != text:  # a full disk stops no start that needs none
        file.touch(mode=0o600)  # as all that is there, though it tells no secret
        file.write_text(text)
