"""Starting: settings and store, or one clear line for each thing that is wrong."""

import sys
from typing import NoReturn

from service_kit.clock import Clock
from service_kit.errors import ConfigError, NotMigrated

from bus.config import Config, read
from bus.storage import Storage, open_storage

# gunicorn restarts a worker that exits, for ever; for this status it gives up and says so.
_STATUS = 4


def config_or_exit() -> Config:
    """The settings from the environment; exits with a line on stderr for each complaint."""
    try:
        return read()
    except ConfigError as error:
        _refuse(error.complaints)


def open_or_exit(config: Config, now_ms: Clock) -> Storage:
    """The store; exits with a line on stderr that says what is wrong with it."""
    try:
        return open_storage(config.database_url, now_ms)
    except ConfigError as error:
        _refuse(error.complaints)
    except NotMigrated as error:
        _refuse((str(error),))


def _refuse(complaints: tuple[str, ...]) -> NoReturn:
    for complaint in complaints:
        print(complaint, file=sys.stderr)  # noqa: T201 - this is what the operator reads
    sys.exit(_STATUS)
