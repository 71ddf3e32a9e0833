"""`make journey`: what each stage buys and costs, measured; exit 1 when a promise is not kept.

`python -m tests.journey [--stages mvp,bus] [--bids N] [--drained N] [--no-kills]`. Writes
var/journey.json and var/journey.html; `--picture FILE` an SVG besides.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.journey.measure import measure
from tests.journey.page import page, picture
from tests.journey.results import STAGES, Measured, complaints
from tests.journey.table import table
from tests.told_to_end import clear_away_when_told


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table, write the files; the exit status."""
    asked = _parser().parse_args(arguments)
    clear_away_when_told()
    measured: dict[str, Measured] = {}
    for stage in asked.stages:
        print(f"stage {stage}: starting …", file=sys.stderr, flush=True)
        measured[stage] = measure(
            stage, bids=asked.bids, drained=asked.drained, kill=not asked.no_kills
        )
        _keep(measured, asked.picture)  # what is interrupted has what it has
    print(table(measured))
    broken = complaints(measured)
    for line in broken:
        print(line, file=sys.stderr)
    return 1 if broken else 0


def _keep(measured: Mapping[str, Measured], svg: Path | None) -> None:
    broken = complaints(measured)
    folder = Path("var")
    folder.mkdir(exist_ok=True)
    told = {"stages": {name: asdict(one) for name, one in measured.items()}, "broken": broken}
    (folder / "journey.json").write_text(json.dumps(told, indent=1) + "\n")
    (folder / "journey.html").write_text(page(measured, broken))
    if svg is not None:
        svg.write_text(picture(measured))


def _stages(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in STAGES]:
        raise argparse.ArgumentTypeError(f"no such stage: {', '.join(unknown)}")
    return [name for name in STAGES if name in names]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make journey")
    parser.add_argument("--stages", type=_stages, default=list(STAGES))
    parser.add_argument("--bids", type=int, default=12, help="a client and mode of SMTP")
    parser.add_argument("--drained", type=int, default=500, help="whose mails are timed")
    parser.add_argument("--no-kills", action="store_true")
    parser.add_argument("--picture", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
