"""`python -m auction_app.outcomes [MODULE:FUNCTION…]`: print who listens, with these hooks."""

import sys

from service_kit.config import exit_with

from auction_app.config import hooks
from auction_app.outcomes import build_outcomes


def main(names: list[str]) -> None:
    """Print the table, or what is wrong with a hook."""
    try:
        outcomes = build_outcomes(hooks(",".join(names)))
    except ValueError as error:
        exit_with((str(error),))
    for kind, when, who in outcomes.table():
        print(f"{kind.__name__:<18} {when:<6} {who}")  # noqa: T201 - the command's output


if __name__ == "__main__":
    main(sys.argv[1:])
