"""The seam to whoever takes the money: what is asked of them, in our words."""

from dataclasses import dataclass
from typing import Protocol

from service_kit.money import Money

from auction_app.payments.model import Checkout, Payment, Seen


@dataclass(frozen=True, kw_only=True)
class OpenedCheckout:
    """The provider's name for a checkout, and where its buyer goes."""

    provider_id: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """A webhook whose signature is right: the provider's id of the event, and our id of the
    checkout that it is about, None where it is about something else."""

    event_id: str
    checkout_id: str | None


class Provider(Protocol):
    """Takes money. All but `told` block for at most some seconds, may be repeated, and raise
    ProviderAway (asking later may help) or ProviderRefused (it won't)."""

    def open(
        self, payment: Payment, checkout: Checkout, *, title: str, email: str
    ) -> OpenedCheckout:
        """Open a checkout; the same for the same id. Raises NotPossible for what it can't take."""

    def look(self, checkout: Checkout) -> Seen:
        """How far a checkout is."""

    def expire(self, checkout: Checkout) -> Seen:
        """Let nobody pay at a checkout any more; how far it is then: somebody may have paid."""

    def refund(self, checkout: Checkout, amount: Money) -> bool:
        """Give back the amount that a checkout took, once; whether it has been by now."""

    def told(self, body: bytes, signature: str, *, now_s: int) -> Told:
        """Read a webhook. Raises WebhookRefused: it is not the provider's, or not of now."""
