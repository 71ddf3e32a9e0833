"""`make cluster` and `make chaos ENGINE=cluster`: three database hosts in network namespaces of
this machine, two bus hosts, two pusher hosts.

`python -m tests.cluster [--strikes] [--only WORD] [--rounds N]`: without `--strikes` it says where
everything is, and runs until Ctrl-C. Exit 1 when something does not hold, 77 when it can't be.
"""

import argparse
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from tests.cluster.house import BUSES, PUSHERS, ROOT_KEY, House, house
from tests.cluster.servers import Cluster, cluster, what_is_missing
from tests.cluster.strikes import HEAD, STRIKES, Result, Strike, run

_CANNOT = 77


def main(arguments: Sequence[str]) -> int:
    """Start everything; strike, or wait; clear all away."""
    asked = _parser().parse_args(arguments)
    if reason := what_is_missing():
        print(f"no cluster here: {reason}", file=sys.stderr)
        return _CANNOT
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # clears away, as Ctrl-C does
    folder = Path(tempfile.mkdtemp(prefix="gavel-cluster-"))
    with cluster(folder) as made:
        if not asked.strikes:
            return _show(made, folder)
        results = _strike(made, folder, asked.only, asked.rounds)
    print(HEAD, *(one.line() for one in results), sep="\n")
    if any(one.complaints for one in results):
        print(f"logs: {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def _strike(made: Cluster, folder: Path, only: str, rounds: int) -> list[Result]:
    chosen = [one for one in STRIKES if only in one.name] * rounds
    chosen.sort(key=lambda one: one.by)
    results: list[Result] = []
    for by, strikes in groupby(chosen, key=lambda one: one.by):
        with house(made, folder, by=by) as at:
            results += [_told(one, at) for one in strikes]
    return results


def _told(strike: Strike, at: House) -> Result:
    print(f"{strike.name} …", file=sys.stderr, flush=True)
    result = run(strike, at)
    print(result.line(), file=sys.stderr, flush=True)
    return result


def _show(made: Cluster, folder: Path) -> int:
    with house(made, folder) as at:
        for host in made.hosts:
            print(
                f"{host.machine.name}: PostgreSQL and Patroni, ip netns exec "
                f"{host.machine.namespace} …; {host.machine.address}; logs {host.folder}"
            )
        print(f"the primary, wherever it is: {made.url('bus_by_balancer')}")
        for name in (*BUSES, *PUSHERS):
            print(f"{name}: {at.processes.url(name)}")
        print(f"root key: {ROOT_KEY}; logs {folder / 'log-balancer'}")
        print("Four publishers publish, a subscriber listens. Ctrl-C ends it.", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print(f"acknowledged {len(at.publishers.written.acknowledged)}, lost {len(at.lost())}")
    shutil.rmtree(folder)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    parser.add_argument("--strikes", action="store_true")
    parser.add_argument("--only", default="", help="strikes with this in their names")
    parser.add_argument("--rounds", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
