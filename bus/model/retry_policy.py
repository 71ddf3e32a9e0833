"""How a subscription is tried again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How a subscription is tried again; all in milliseconds (docs/delivery.md D17, D19).

    An endpoint that fails is left alone for `first_ms`, doubling up to `longest_ms`, and disabled
    after `give_up_ms` (None: the installation's). An entity that fails alone is tried after each
    of `parked_ms`, then it is a dead letter.
    """

    first_ms: int = 1_000
    longest_ms: int = 600_000
    parked_ms: tuple[int, ...] = (
        5_000,
        30_000,
        300_000,
        1_800_000,
        7_200_000,
        18_000_000,
        36_000_000,
        50_400_000,
        72_000_000,
        86_400_000,
    )
    give_up_ms: int | None = None
