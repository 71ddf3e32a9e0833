"""`make chaos`: rounds of killing and misbehaving; exit 1 when something does not hold.

`python -m tests.chaos [--rounds N] [--seed S] [--engine sqlite|postgresql] [--side-by-side J]
[--json]`. Round i has seed S + i; `--rounds 1 --seed S` repeats one.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path

from tests.chaos.engines import ENGINES, Fresh
from tests.chaos.judge import Verdict
from tests.chaos.plan import draw
from tests.chaos.round import Round, counts, run


def main(arguments: Sequence[str]) -> int:
    """Run the rounds, print a line for each and the sum; the exit status."""
    asked = _parser().parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="gavel-chaos-"))
    seeds = range(asked.seed, asked.seed + asked.rounds)
    done = []
    with ENGINES[asked.engine](folder) as fresh:
        for finished in _rounds(seeds, fresh, folder, asked.side_by_side):
            done.append(finished)
            _tell(finished, len(done), asked.rounds, folder)
    total = sum((one.verdict for one in done), Verdict())
    if asked.json:
        print(json.dumps(_report(asked, done, total), indent=1))
    print(f"{len(done)} rounds: {counts(total)}", file=sys.stderr if asked.json else sys.stdout)
    if total.violations:
        return 1
    shutil.rmtree(folder)
    return 0


def _rounds(seeds: Sequence[int], fresh: Fresh, folder: Path, side_by_side: int) -> Iterator[Round]:
    def one(seed: int) -> Round:
        own = folder / str(seed)
        own.mkdir()
        with fresh(own) as database_url:
            return run(draw(seed), database_url, own)

    pool = ThreadPoolExecutor(side_by_side)
    try:
        for running in as_completed([pool.submit(one, seed) for seed in seeds]):
            yield running.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _tell(finished: Round, number: int, rounds: int, folder: Path) -> None:
    print(f"{number}/{rounds} {finished.line()}", file=sys.stderr, flush=True)
    for violation in finished.verdict.violations[:10]:
        print(f"  {violation}", file=sys.stderr)
    if finished.verdict.violations:
        print(f"  logs and journals: {folder / str(finished.seed)}", file=sys.stderr, flush=True)
    else:
        shutil.rmtree(folder / str(finished.seed))


def _report(asked: argparse.Namespace, done: Sequence[Round], total: Verdict) -> dict[str, object]:
    rounds = sorted(done, key=lambda one: one.seed)
    return {
        "engine": asked.engine,
        "total": asdict(total) | {"rounds": len(done)},
        "rounds": [asdict(one) for one in rounds],
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--engine", choices=sorted(ENGINES), default="sqlite")
    parser.add_argument("--side-by-side", type=int, default=2, help="rounds at a time")
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
