"""Kill the mailer while it works; exit 1 when a mail was lost, or came twice.

`python -m tests.chaos.mailer [--deliveries 1000] [--kills 20] [--seed S] [--rounds N] [--aimed]
[--sessions 2]`: at any moment, or aimed at that of the SMTP server's 250.
"""

import argparse
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.chaos.mailer.run import kill_at_random, kill_at_the_answer, run
from tests.told_to_end import clear_away_when_told


def main(arguments: Sequence[str]) -> int:
    """Run the rounds, print a line for each; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.mailer")
    parser.add_argument("--deliveries", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--aimed", action="store_true")
    parser.add_argument("--sessions", type=int, default=2)
    asked = parser.parse_args(arguments)
    clear_away_when_told()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it tells every request
    failed = False
    for seed in range(asked.seed, asked.seed + asked.rounds):
        with tempfile.TemporaryDirectory(prefix="gavel-chaos-") as folder:
            verdict = run(
                Path(folder),
                deliveries=asked.deliveries,
                kills=asked.kills,
                seed=seed,
                kill=kill_at_the_answer if asked.aimed else kill_at_random,
                sessions=asked.sessions,
            )
        print(f"seed {seed}: {verdict} {verdict.violations or 'ok'}", flush=True)
        failed = failed or bool(verdict.violations)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
