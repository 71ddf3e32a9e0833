"""`python -m auction_app.demo`: load the demo data once, and say who can sign in."""

from service_kit import database
from service_kit.config import exit_with, or_exit
from service_kit.errors import NotMigrated

from auction_app.config import read
from auction_app.demo.load import load_demo
from auction_app.parts import build_parts


def main() -> None:
    """Load what is missing; prints the accounts when there was anything to load."""
    parts = build_parts(or_exit(read))
    try:
        database.check_migrated("auction_app", parts.store.engine)
    except NotMigrated as error:
        exit_with((str(error),))
    accounts = load_demo(parts)
    if accounts:
        print("Demo accounts (e-mail, password):")  # noqa: T201 - the command's output
    for account in accounts:
        print(f"  {account.email}  {account.password}  ({account.role})")  # noqa: T201
    parts.store.close()


if __name__ == "__main__":
    main()
