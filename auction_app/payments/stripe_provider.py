"""The provider in Stripe's wire: hosted Checkout Sessions, refunds and signed events."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import stripe
from service_kit.errors import UnknownOrigin
from service_kit.http import HttpClient, origin_of
from service_kit.money import Money

from auction_app.config import PaymentsConfig
from auction_app.errors import ProviderAway, ProviderRefused, WebhookRefused
from auction_app.payments.model import Checkout, Payment, Seen
from auction_app.payments.provider import OpenedCheckout, Told
from auction_app.payments.provider_units import provider_units
from auction_app.payments.stripe_answers import is_given_back, is_id, opened, seen
from auction_app.payments.stripe_wire import StripeWire

TOLERANCE_S = 300
"""A webhook that was signed so long ago, or will be, is refused."""
CHECKOUT_S = 23 * 3600
"""How long a buyer has: Stripe allows for a day at most, and forgets idempotency keys after one."""
_LONGEST_TITLE = 250


class StripeProvider:
    """Stripe, or whoever speaks its wire. `webhook_secret` is the endpoint's."""

    def __init__(self, config: PaymentsConfig, http: HttpClient | None = None) -> None:
        self._page_origin = origin_of(config.page_url)
        self._webhook_secret = config.webhook_secret
        self._wire = StripeWire(config.provider_url, http)
        self._stripe = stripe.StripeClient(
            config.api_key,
            base_addresses={"api": config.provider_url},
            max_network_retries=1,
            http_client=self._wire,
        )

    def close(self) -> None:
        """Close the pooled connections."""
        self._wire.close()

    def open(
        self, payment: Payment, checkout: Checkout, *, title: str, email: str
    ) -> OpenedCheckout:
        """Open a checkout of the amount and send its buyer back to the order."""
        ours = {"checkout": checkout.id}
        price: Any = {
            "currency": payment.amount.currency.lower(),
            "unit_amount": provider_units(payment.amount),
            "product_data": {"name": title[:_LONGEST_TITLE]},
        }
        with _translated():
            session = self._stripe.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "line_items": [{"quantity": 1, "price_data": price}],
                    "client_reference_id": checkout.id,
                    "metadata": ours,
                    "payment_intent_data": {"metadata": ours},
                    "customer_email": email,
                    "success_url": payment.order_url,
                    "cancel_url": payment.order_url,
                    "expires_at": checkout.created_at_ms // 1000 + CHECKOUT_S,
                },
                {"idempotency_key": checkout.id},
            )
            found = opened(session)
        if self._is_elsewhere(found.url):
            raise ProviderRefused("its page is not where PAYMENTS_PAGE_URL says")
        return found

    def _is_elsewhere(self, url: str) -> bool:
        try:
            return origin_of(url) != self._page_origin
        except UnknownOrigin:
            return True

    def look(self, checkout: Checkout) -> Seen:
        """How far a checkout is."""
        with _translated():
            session = self._stripe.v1.checkout.sessions.retrieve(
                checkout.provider_id or "", {"expand": ["payment_intent"]}
            )
            return seen(session, checkout)

    def expire(self, checkout: Checkout) -> Seen:
        """Let nobody pay at a checkout any more; one that is over stays as it is."""
        with _translated(), suppress(stripe.InvalidRequestError):
            self._stripe.v1.checkout.sessions.expire(checkout.provider_id or "")
        return self.look(checkout)

    def refund(self, checkout: Checkout, amount: Money) -> bool:
        """Give it back, once; whether that is done."""
        if checkout.charge_id is None:
            raise ProviderRefused("nothing was taken")
        with _translated():
            known = self._stripe.v1.refunds.list({"payment_intent": checkout.charge_id}).data
            refund = known[0] if known else self._refund(checkout.id, checkout.charge_id)
            units = provider_units(amount)
            return is_given_back(refund, checkout.charge_id, units=units, currency=amount.currency)

    def _refund(self, checkout_id: str, charge_id: str) -> stripe.Refund:
        return self._stripe.v1.refunds.create(
            {"payment_intent": charge_id, "metadata": {"checkout": checkout_id}},
            {"idempotency_key": f"refund-{checkout_id}"},
        )

    def told(self, body: bytes, signature: str, *, now_s: int) -> Told:
        """Read a webhook, verified over its bytes as they came, in constant time."""
        text = self._verified(body, signature, now_s)
        try:
            event = json.loads(text)
            event_id, about = event["id"], event["data"]["object"]
            checkout_id = (about.get("metadata") or {}).get("checkout")
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
            raise WebhookRefused("no event") from error
        if not is_id(event_id):
            raise WebhookRefused("no event")
        return Told(event_id=event_id, checkout_id=checkout_id if is_id(checkout_id) else None)

    def _verified(self, body: bytes, signature: str, now_s: int) -> str:
        try:
            text = body.decode()
            if not signature.isascii():
                raise WebhookRefused("no signature")
            stripe.WebhookSignature.verify_header(text, signature, self._webhook_secret)
        except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
            raise WebhookRefused("wrong signature") from error
        signed_s = next(int(it.split("=")[1]) for it in signature.split(",") if it[:2] == "t=")
        if abs(now_s - signed_s) > TOLERANCE_S:
            raise WebhookRefused("signed too long ago")
        return text


@contextmanager
def _translated() -> Iterator[None]:
    """The SDK's errors in our words; they hold no key."""
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise ProviderAway(type(error).__name__) from error
    except stripe.StripeError as error:
        status = error.http_status or 0
        # Below 400: what came is not of the wire, such as a page of somebody's on the way.
        later = status < 400 or status >= 500 or status in {408, 409, 429}
        raise (ProviderAway if later else ProviderRefused)(_why(error)) from error
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        raise ProviderAway("its answer is not one of the wire's") from error


def _why(error: stripe.StripeError) -> str:
    body = error.json_body if isinstance(error.json_body, Mapping) else {}
    about = body.get("error")
    code = about.get("code") if isinstance(about, Mapping) else None
    return f"{error.http_status} {code if is_id(code) else type(error).__name__}"
