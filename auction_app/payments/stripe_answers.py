"""What the provider answers, read strictly: whatever is not of the wire raises TypeError."""

import re
from typing import Any

from auction_app.errors import ProviderRefused
from auction_app.payments.model import Checkout, CheckoutStatus, Seen
from auction_app.payments.provider import OpenedCheckout

_ID = re.compile("[!-~]{1,255}", re.ASCII)
_URL = re.compile("[!-~]{1,2000}", re.ASCII)
_CURRENCY = re.compile("[A-Za-z]{3}", re.ASCII)


def is_id(value: Any) -> bool:
    """Whether a provider, or we, may have named something so: not everything that JSON calls a
    text can be stored."""
    return _is(value, _ID)


def opened(session: Any) -> OpenedCheckout:
    """A checkout that was opened, and the page that it is paid at."""
    return OpenedCheckout(provider_id=_text(session.id, _ID), url=_text(session.url, _URL))


def seen(session: Any, checkout: Checkout) -> Seen:
    """How far that checkout is: an answer about another one says nothing of it."""
    if session.id != checkout.provider_id or session.client_reference_id != checkout.id:
        raise TypeError("about another checkout")
    intent = session.payment_intent
    return Seen(
        status=_status(session),
        amount_minor=_whole(session.amount_total),
        currency=_text(session.currency, _CURRENCY).upper(),
        charge_id=_text(intent.id, _ID) if intent else None,
        declined=bool(intent and getattr(intent, "last_payment_error", None)),
    )


def is_given_back(refund: Any, charge_id: str, *, units: int, currency: str) -> bool:
    """Whether a refund is done. Raises ProviderRefused for one that never will be, or that is of
    another amount."""
    if refund.payment_intent != charge_id:
        raise TypeError("the refund of another charge")
    if (_whole(refund.amount), _text(refund.currency, _CURRENCY).upper()) != (units, currency):
        raise ProviderRefused("the refund is of another amount")
    if refund.status in ("failed", "canceled"):
        raise ProviderRefused(f"the refund has {refund.status}")
    return bool(refund.status == "succeeded")


def _status(session: Any) -> CheckoutStatus:
    if session.status == "complete" and session.payment_status == "paid":
        return CheckoutStatus.PAID
    return CheckoutStatus.EXPIRED if session.status == "expired" else CheckoutStatus.OPEN


def _whole(value: Any) -> int:
    """Never rounded: 26.009 is not 26."""
    if type(value) is not int:
        raise TypeError("not a whole number")
    return value


def _text(value: Any, form: re.Pattern[str]) -> str:
    if not _is(value, form):
        raise TypeError("not a text of that form")
    return str(value)


def _is(value: Any, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None
