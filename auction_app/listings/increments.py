"""The increment table that a listing gets when it is published."""

from service_kit.money import exponent_of

Increments = tuple[tuple[int, int], ...]
"""Rows of (from_minor, step_minor), lower bound inclusive, rising."""

_DEFAULT: Increments = (
    (1, 5),
    (100, 25),
    (500, 50),
    (2_500, 100),
    (10_000, 250),
    (25_000, 500),
    (50_000, 1_000),
    (100_000, 2_500),
    (250_000, 5_000),
    (500_000, 10_000),
)


def default_increments(currency: str) -> Increments:
    """eBay's published table (docs/bidding.md B2), in the currency's minor units.

    Currencies of two decimals take it as it stands. So do those without decimals, whose unit is
    worth about a cent (100 yen a dollar). Those of three decimals take ten times the numbers,
    because their minor unit is a tenth of a hundredth: USD 1.00 → 0.25, JPY 100 → 25,
    KWD 1.000 → 0.250.
    """
    scale = 10 if exponent_of(currency) == 3 else 1
    return tuple((1 if start == 1 else start * scale, step * scale) for start, step in _DEFAULT)
