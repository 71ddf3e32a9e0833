"""`python -m service_kit.migrate PACKAGE…`: bring each service's database to its newest version."""

import importlib
import sys

from sqlalchemy.exc import SQLAlchemyError

from service_kit.config import exit_with, or_exit
from service_kit.errors import ServiceKitError
from service_kit.private import keep_files_private
from service_kit.schema import migrate


def main(packages: list[str]) -> None:
    """Migrate each package's database, or databases, at the URLs that its `config.read()` finds."""
    keep_files_private()
    if not packages:
        exit_with(("usage: python -m service_kit.migrate PACKAGE…",))
    for package in packages:
        config = or_exit(importlib.import_module(f"{package}.config").read)
        for url in getattr(config, "database_urls", (config.database_url,)):
            migrate_or_exit(package, url)


def migrate_or_exit(package: str, url: str) -> None:
    """Migrate the database at `url`; exits with a line on stderr that says why it can't."""
    try:
        migrate(package, url)
    except (ServiceKitError, SQLAlchemyError) as error:
        exit_with((f"{package}: cannot migrate the database: {str(error).splitlines()[0]}",))


if __name__ == "__main__":
    main(sys.argv[1:])
