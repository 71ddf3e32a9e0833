"""`python -m service_kit.run.with_settings COMMAND…`: a command with the settings of this folder's
house, for whoever works at it: what `make run` gives its processes."""

import os
import sys
from pathlib import Path

from service_kit.config import exit_with
from service_kit.errors import ConfigError
from service_kit.run.addresses import addresses
from service_kit.run.settings import environment
from service_kit.web_concurrency import forget_web_concurrency


def main(command: list[str]) -> None:
    """Become the command; a clear line and 2 where the settings or the command are none."""
    if not command:
        exit_with(("usage: python -m service_kit.run.with_settings COMMAND…",))
    forget_web_concurrency()
    try:
        settings = environment(Path.cwd(), os.environ)
    except ConfigError as error:
        exit_with(error.complaints)
    # Who has read `house.env` has names in the environment that no service knows as settings.
    for name in addresses(settings).keys() - settings.keys():
        os.environ.pop(name, None)
    try:
        os.execvpe(command[0], command, dict(os.environ) | settings)  # noqa: S606
    except OSError as error:
        exit_with((f"{command[0]}: {error.strerror}",))


if __name__ == "__main__":
    main(sys.argv[1:])
