"""Trimming in steps, so that publishers needn't wait for all of it."""

from collections.abc import Iterator

AT_ONCE = 5_000


def steps(first: int, before: int) -> Iterator[int]:
    """The positions to trim up to, one transaction each, when the log starts at `first`.

    | first | before | steps               |
    |-------|--------|---------------------|
    | 1     | 4      | 4                   |
    | 1     | 12 000 | 5 001 10 001 12 000 |
    | 9     | 9      |                     |
    """
    while first < before:
        first = min(first + AT_ONCE, before)
        yield first
