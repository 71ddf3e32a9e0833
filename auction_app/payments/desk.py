"""What a house that takes payments has more."""

from dataclasses import dataclass

from auction_app.payments.provider import Provider


@dataclass(frozen=True, kw_only=True)
class PaymentDesk:
    """The provider, whose pages are at `page_origin`; a checkout that was silent for `sweep_ms` is
    looked at."""

    provider: Provider
    page_origin: str
    sweep_ms: int
