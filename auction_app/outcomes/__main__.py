"""`python -m auction_app.outcomes [MODULE:FUNCTION…]`: print who listens, with these hooks."""

import sys

from service_kit.config import ConfigError, or_exit

from auction_app.config import Hook, hooks
from auction_app.outcomes import build_outcomes


def main(names: list[str]) -> None:
    """Print the table, or what is wrong with a hook."""
    outcomes = or_exit(lambda: build_outcomes(_named(names)))
    for kind, when, who in outcomes.table():
        print(f"{kind.__name__:<18} {when:<6} {who}")  # noqa: T201 - the command's output


def _named(names: list[str]) -> tuple[Hook, ...]:
    try:
        return hooks(",".join(names))
    except ValueError as error:
        raise ConfigError([str(error)]) from error


if __name__ == "__main__":
    main(sys.argv[1:])
