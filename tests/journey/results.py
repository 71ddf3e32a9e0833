"""What was measured of each stage, and whether it is what was promised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STAGES = ("mvp", "background", "bus", "soa")
DEADLINE_S = 2.0
"""Of a mail, in all that is measured (MAILER_SMTP_TIMEOUT_MS)."""
BUDGET_S = 1.0
MOST_MIB = 600
MOST_PROCESSES = 20


@dataclass(frozen=True, kw_only=True)
class Confirms:
    """How long bidders waited for a confirmed bid while the SMTP server behaved in one way."""

    p50_ms: float
    p99_ms: float
    longest_ms: float
    bids_per_s: float


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What went on while one process was dead, and what became of the mails afterwards."""

    process: str
    reading: bool
    bidding: bool
    mail: bool
    lost: int
    double: int


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One stage. `confirms` are by the SMTP server's mode; processes, threads and memory are those
    of an idle `make run`."""

    stage: str
    start_s: float
    processes: int
    threads: int
    memory_mib: float
    confirms: Mapping[str, Confirms]
    mails_per_s: float
    failures: Sequence[Failure]


def complaints(by_stage: Mapping[str, Measured]) -> list[str]:
    """Each promise that was not kept; pure.

    | promised of  | while the SMTP server | bound of the bidder's wait                        |
    |--------------|-----------------------|---------------------------------------------------|
    | `background` | takes 200 ms          | p50 at most 0.35 of `mvp`'s                       |
    | `bus`, `soa` | takes 200 ms          | p50 at most 1.3 of its own with an instant server |
    | `mvp`        | hangs                 | the deadline of a mail, the budget and 1 s        |
    | all          | does whatever it does | no mail is lost                                   |

    `make run` idle has at most 20 processes and 600 MiB, in any stage.
    """
    found = [
        f"{one.stage}: {failure.lost} mails were lost when {failure.process} was killed"
        for one in by_stage.values()
        for failure in one.failures
        if failure.lost
    ]
    found += [
        f"{one.stage}: an idle `make run` has {one.processes} processes and"
        f" {one.memory_mib:.0f} MiB, not at most {MOST_PROCESSES} and {MOST_MIB}"
        for one in by_stage.values()
        if one.processes > MOST_PROCESSES or one.memory_mib > MOST_MIB
    ]
    if {"mvp", "background"} <= by_stage.keys():
        ratio = _p50(by_stage["background"], "slow") / _p50(by_stage["mvp"], "slow")
        if ratio > 0.35:
            found.append(
                f"background: a bid takes {ratio:.2f} of mvp's while SMTP is slow, not 0.35"
            )
    for stage in by_stage.keys() & {"bus", "soa"}:
        ratio = _p50(by_stage[stage], "slow") / _p50(by_stage[stage], "instant")
        if ratio > 1.3:
            found.append(f"{stage}: a bid takes {ratio:.2f} of its own while SMTP is slow, not 1.3")
    if "mvp" in by_stage:
        longest_s = by_stage["mvp"].confirms["hanging"].longest_ms / 1000
        if longest_s > DEADLINE_S + BUDGET_S + 1:
            found.append(f"mvp: a bid took {longest_s:.1f} s while SMTP hung")
    return found


def _p50(one: Measured, mode: str) -> float:
    return one.confirms[mode].p50_ms
