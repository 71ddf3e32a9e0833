"""`python -m auction_app.outcomes [MODULE:FUNCTION…]`: print who listens, with these hooks."""

import sys

from service_kit.config import or_exit

from auction_app.outcomes import build_outcomes

for kind, when, who in or_exit(lambda: build_outcomes(sys.argv[1:])).table():
    print(f"{kind.__name__:<18} {when:<6} {who}")  # noqa: T201 - the command's output
