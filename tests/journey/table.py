"""The measured stages as text."""

from collections.abc import Mapping

from tests.journey.results import Failure, Measured

HEADINGS = (
    "stage",
    "start s",
    "processes",
    "threads",
    "MiB",
    "bid p50 ms",
    "p99",
    "SMTP 200 ms: p50",
    "p99",
    "SMTP hangs: p50",
    "longest",
    "SMTP away: p50",
    "bids/s",
    "mails/s",
)


def rows(measured: Mapping[str, Measured]) -> list[tuple[str, ...]]:
    """A row a stage, in the order of HEADINGS."""
    return [_row(one) for one in measured.values()]


def failure_rows(measured: Mapping[str, Measured]) -> list[tuple[str, ...]]:
    """A row for each process that was killed."""
    return [
        (stage, failure.process, *_words(failure))
        for stage, one in measured.items()
        for failure in one.failures
    ]


FAILURE_HEADINGS = ("stage", "killed", "reading", "bidding", "mail", "lost", "double")


def table(measured: Mapping[str, Measured]) -> str:
    """Both tables for a terminal."""
    parts = [_aligned([HEADINGS, *rows(measured)])]
    if found := failure_rows(measured):
        parts.append(_aligned([FAILURE_HEADINGS, *found]))
    return "\n\n".join(parts)


def _row(one: Measured) -> tuple[str, ...]:
    instant, slow, hanging, refusing = (
        one.confirms[mode] for mode in ("instant", "slow", "hanging", "refusing")
    )
    return (
        one.stage,
        f"{one.start_s:.1f}",
        str(one.processes),
        str(one.threads),
        f"{one.memory_mib:.0f}",
        *(f"{ms:.0f}" for ms in (instant.p50_ms, instant.p99_ms, slow.p50_ms, slow.p99_ms)),
        *(f"{ms:.0f}" for ms in (hanging.p50_ms, hanging.longest_ms, refusing.p50_ms)),
        f"{instant.bids_per_s:.1f}",
        f"{one.mails_per_s:.1f}",
    )


def _words(failure: Failure) -> tuple[str, ...]:
    goes_on = (failure.reading, failure.bidding, failure.mail)
    counts = (failure.lost, failure.double)
    return (*("goes on" if works else "stops" for works in goes_on), *map(str, counts))


def _aligned(lines: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
