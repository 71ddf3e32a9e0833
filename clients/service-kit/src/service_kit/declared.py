"""`python -m service_kit.declared PACKAGE…`: print each service's topology, a JSON object a line.

For `python -m bus.cli declare`. It holds tokens and secrets: pipe it, don't show it. A package has
a `config.read()` whose result has a `bus_token`, and a `topology.topology(config)`; where that is
None it has nothing to say.
"""

import json
import sys
from collections.abc import Sequence
from importlib import import_module

from service_kit.config import exit_with, or_exit


def main(packages: Sequence[str]) -> None:
    """Print all lines, or none and what is wrong on stderr."""
    if not packages:
        exit_with(("usage: python -m service_kit.declared PACKAGE…",))
    lines = [line for package in packages if (line := _line(package))]
    print("\n".join(lines))  # noqa: T201 - the command's output


def _line(package: str) -> str | None:
    config = or_exit(import_module(f"{package}.config").read)
    topology = import_module(f"{package}.topology").topology(config)
    return json.dumps(topology.document(config.bus_token)) if topology else None


if __name__ == "__main__":
    main(sys.argv[1:])
