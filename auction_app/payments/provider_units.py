"""How the provider counts money: not in all currencies as ISO 4217 has it."""

from service_kit.money import Money

from auction_app.errors import NotPossible

_WHOLE = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
_THOUSANDTHS_BY_TEN = frozenset("BHD JOD KWD OMR TND".split())
_NOT_TAKEN = frozenset("IQD LYD".split())
LARGEST = 99_999_999
"""The provider takes up to eight digits of its units."""


def provider_units(amount: Money) -> int:
    """An amount as the provider wants it (https://docs.stripe.com/currencies).

    | amount     | is sent as | because                                            |
    |------------|------------|----------------------------------------------------|
    | 12.50 EUR  | 1250       |                                                    |
    | 1250 JPY   | 1250       | no decimals                                        |
    | 1250 ISK   | 125000     | none here, two there; as with UGX                  |
    | 1.230 KWD  | 1230       | three decimals, of which the last must be 0        |
    | 1.234 KWD  | refused    |                                                    |

    Raises NotPossible.
    """
    if amount.currency in _NOT_TAKEN or amount.amount_minor <= 0:
        raise NotPossible("pay")
    units = amount.amount_minor
    if amount.exponent == 0 and amount.currency not in _WHOLE:
        units *= 100
    if amount.currency in _THOUSANDTHS_BY_TEN and units % 10:
        raise NotPossible("pay")
    if units > LARGEST:
        raise NotPossible("pay")
    return units


def is_chargeable(amount: Money | None) -> bool:
    """Whether the provider can take that amount; None: it is not agreed on yet."""
    if amount is None:
        return False
    try:
        provider_units(amount)
    except NotPossible:
        return False
    return True
