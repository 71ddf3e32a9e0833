"""`python -m tests.bench.turns NAME`: the turns of one measurement, each when it is told to.

For every line on stdin a line of JSON on stdout: `[[value, ceiling], …]`, a pair a bar. The first
line, before any turn, has the bars: `[[name, unit, lower_is_better], …]`.
"""

import json
import sys
from contextlib import closing

from tests.bench.__main__ import measurements


def main(name: str) -> None:
    """Take a turn a line until stdin ends."""
    (meant,) = [it for it in measurements() if it.name == name]
    _say([(bar.name, bar.unit, bar.lower_is_better) for bar in meant.bars])
    with closing(meant.take_turns()) as running:
        while sys.stdin.readline():
            _say(next(running))


def _say(what: object) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
