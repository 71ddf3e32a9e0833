"""`make chaos`: rounds of killing and misbehaving; exit 1 when something does not hold.

`python -m tests.chaos [--rounds N] [--seed S] [--engine sqlite|postgresql|both]
[--side-by-side J] [--json]`. Round i has seed S + i, and with both engines the even seeds have
SQLite; `--rounds 1 --seed S` repeats one.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from service_kit.errors import HttpFailure

from tests.chaos.engines import BOTH, ENGINES, Fresh
from tests.chaos.faults import build
from tests.chaos.judge import Verdict
from tests.chaos.plan import draw
from tests.chaos.round import Round, counts, run
from tests.told_to_end import clear_away_when_told, removed_when_told_to_end


def main(arguments: Sequence[str]) -> int:
    """Run the rounds, print a line for each and the sum; the exit status."""
    asked = _parser().parse_args(arguments)
    clear_away_when_told()
    folder = Path(tempfile.mkdtemp(prefix="gavel-chaos-"))
    seeds = range(asked.seed, asked.seed + asked.rounds)
    done, library = [], build(folder)
    chosen = (*ENGINES,) if asked.engine == BOTH else (asked.engine,)
    with removed_when_told_to_end(folder), ExitStack() as engines:
        fresh = {name: engines.enter_context(ENGINES[name](folder)) for name in chosen}
        for finished in _rounds(seeds, fresh, folder, library, asked.side_by_side):
            done.append(finished)
            _tell(finished, len(done), asked.rounds, folder)
    total = sum((one.verdict for one in done), Verdict())
    if asked.json:
        print(json.dumps(_report(asked, done, total), indent=1))
    told = sys.stderr if asked.json else sys.stdout
    print(_table(done), file=told)
    print(f"{len(done)} rounds: {counts(total)}", file=told)
    if total.violations:
        return 1
    shutil.rmtree(folder)
    return 0


def _rounds(
    seeds: Sequence[int],
    engines: Mapping[str, Fresh],
    folder: Path,
    library: Path,
    side_by_side: int,
) -> Iterator[Round]:
    names = list(engines)

    def one(seed: int) -> Round:
        own = folder / str(seed)
        own.mkdir()
        engine = names[seed % len(names)]
        plan = draw(seed)
        try:
            with engines[engine](own) as store:
                return run(plan, engine, store, own, library)
        except (AssertionError, HttpFailure) as error:  # the other rounds go on
            verdict = Verdict(violations=[f"came to no end: {error!r}"])
            return Round(seed, engine, plan.killed, plan.troubles, verdict, 0)

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


def _table(done: Sequence[Round]) -> str:
    """A line for each engine and each kind of trouble. A round has several, and counts for each."""
    lines = [
        f"{'':38}{'rounds':>8}{'acknowledged':>14}{'lost':>6}{'asleep':>8}{'out of order':>14}"
    ]
    lines[0] += f"{'violations':>12}"
    kinds = sorted({(one.engine, kind) for one in done for kind in ("all", *one.troubles)})
    for engine, kind in kinds:
        those = [it for it in done if it.engine == engine and (kind in {"all", *it.troubles})]
        sum_of = sum((it.verdict for it in those), Verdict())
        lines.append(
            f"{engine + ': ' + kind:38}{len(those):8}{sum_of.acknowledged:14}{sum_of.lost:6}"
            f"{sum_of.asleep:8}{sum_of.out_of_order:14}{len(sum_of.violations):12}"
        )
    return "\n".join(lines)


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
    parser.add_argument("--engine", choices=[*ENGINES, BOTH], default="sqlite")
    parser.add_argument("--side-by-side", type=int, default=2, help="rounds at a time")
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
