"""The subset of Stripe's wire that the house speaks: forms in, JSON out."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from auction_app.till.ledger import Document, Ledger

_KEY = re.compile(r"\[([^\]]*)\]")


class WireError(Exception):
    """A request that is refused: `status`, and Stripe's `code` for why."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def document(self) -> Document:
        """Stripe's form of an error."""
        kind = "idempotency_error" if self.code == "idempotency" else "invalid_request_error"
        return {"error": {"type": kind, "code": self.code, "message": self.message}}


def nested(form: Mapping[str, str]) -> Document:
    """A form's `a[b][0][c]=d` as nested objects: lists too are objects, keyed "0", "1", …"""
    found: Document = {}
    for name, value in form.items():
        first, _, rest = name.partition("[")
        keys = [first, *_KEY.findall(f"[{rest}")]
        place = found
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1]] = value
    return found


def once(ledger: Ledger, key: str, form: Mapping[str, str], make: Any) -> Document:
    """What `make` makes, once for an idempotency key; with other parameters it is refused."""
    with ledger.lock:
        known = next((it for it in ledger.all_of("idempotency") if key and it["key"] == key), None)
        if known is not None:
            if known["form"] != dict(form):
                raise WireError(400, "idempotency", "the key was used with other parameters")
            return ledger.find(known["made"]) or {}
        made: Document = make()
        if key:
            ledger.keep(
                {
                    "id": f"idem_{secrets.token_hex(8)}",
                    "object": "idempotency",
                    "key": key,
                    "form": dict(form),
                    "made": made["id"],
                }
            )
        return made


def new_session(ledger: Ledger, form: Mapping[str, str], *, url: str, now_s: int) -> Document:
    """A Checkout Session with its one price. Raises WireError."""
    asked = nested(form)
    try:
        item = asked["line_items"]["0"]
        price = item["price_data"]
        amount = int(price["unit_amount"]) * int(item.get("quantity", 1))
        currency, title = str(price["currency"]), str(price["product_data"]["name"])
        expires_at = int(asked.get("expires_at", now_s + 86_400))
        success, cancel = str(asked["success_url"]), str(asked.get("cancel_url", ""))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise WireError(400, "parameter_missing", "a price, a name or a URL is missing") from error
    if amount <= 0 or not now_s + 1800 <= expires_at <= now_s + 86_400:
        raise WireError(400, "parameter_invalid", "the amount or the time to expire is wrong")
    name = f"cs_test_{secrets.token_hex(16)}"
    return ledger.keep(
        {
            "id": name,
            "object": "checkout.session",
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": amount,
            "currency": currency,
            "title": title,
            "expires_at": expires_at,
            "success_url": success,
            "cancel_url": cancel,
            "metadata": _texts(asked.get("metadata")),
            "client_reference_id": asked.get("client_reference_id"),
            "payment_intent": None,
            "intent_metadata": _texts((asked.get("payment_intent_data") or {}).get("metadata")),
            "url": f"{url}/pay/{name}",
        }
    )


def new_refund(ledger: Ledger, form: Mapping[str, str]) -> Document:
    """Give back all that an intent took. Raises WireError."""
    intent = ledger.find(form.get("payment_intent", ""))
    if intent is None or intent["status"] != "succeeded":
        raise WireError(404, "resource_missing", "no such payment, or nothing was taken")
    if any(it["payment_intent"] == intent["id"] for it in ledger.all_of("refund")):
        raise WireError(400, "charge_already_refunded", "it was given back before")
    return ledger.keep(
        {
            "id": f"re_{secrets.token_hex(12)}",
            "object": "refund",
            "status": "succeeded",
            "amount": intent["amount"],
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "metadata": _texts(nested(form).get("metadata")),
        }
    )


def shown(ledger: Ledger, document: Document, *, expand: bool = False) -> Document:
    """A document as the wire has it; a session's intent whole, when that was asked for."""
    intent = document.get("payment_intent")
    whole = ledger.find(intent) if expand and intent else None
    return document | ({"payment_intent": whole} if whole else {})


def page_of(documents: list[Document], path: str) -> Document:
    """A list, the newest first."""
    return {"object": "list", "url": path, "has_more": False, "data": documents[::-1]}


def _texts(value: Any) -> dict[str, str]:
    return {str(name): str(text) for name, text in value.items()} if isinstance(value, dict) else {}
