"""Where everything is, for the shells beside a run."""

import shlex
from collections.abc import Mapping
from pathlib import Path

_PUBLIC = "_PUBLIC_URL"
_HEAD = "# Where things are, for other terminals: . house.env (written at each start)\n"


def write_addresses(folder: Path, settings: Mapping[str, str]) -> None:
    """`house.env` in `folder`: BUS_URL for BUS_PUBLIC_URL, and so on, as lines for a shell."""
    lines = [
        f"export {name.removesuffix(_PUBLIC)}_URL={shlex.quote(value)}\n"
        for name, value in settings.items()
        if name.endswith(_PUBLIC)
    ]
    file, text = folder / "house.env", _HEAD + "".join(lines)
    if not file.exists() or file.read_text() != text:  # a full disk stops no start that needs none
        file.touch(mode=0o600)  # as all that is there, though it tells no secret
        file.write_text(text)
