"""What the buttons of the till's page do to a session, and what is told of it and when."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from auction_app.till.ledger import Document, Ledger
from auction_app.till.wire import WireError

PAID, DECLINED = "checkout.session.completed", "payment_intent.payment_failed"
EXPIRED, CREATED, REFUNDED = (
    "checkout.session.expired",
    "payment_intent.created",
    "refund.created",
)


@dataclass(frozen=True)
class Button:
    """`pays` or declines; tells these kinds of events in this order, `late` or at once. A wrong
    amount is `short` by so many units."""

    label: str
    told: tuple[str, ...] = ()
    pays: bool = True
    late: bool = False
    short: int = 0
    twice: bool = False


BUTTONS: Mapping[str, Button] = {
    "pay": Button("Pay", (CREATED, PAID)),
    "decline": Button("Decline", (CREATED, DECLINED), pays=False),
    "pay-and-never-tell": Button("Pay and never tell"),
    "tell-twice": Button("Pay and tell twice", (PAID,), twice=True),
    "tell-late": Button("Pay and tell late", (PAID,), late=True),
    "tell-out-of-order": Button("Pay and tell out of order", (PAID, CREATED)),
    "pay-short": Button("Pay another amount", (PAID,), short=1),
}


def press(ledger: Ledger, session: Document, button: Button, *, now_ms: int, late_s: int) -> None:
    """Pay or decline an open session; what is over stays as it is."""
    with ledger.lock:
        if session["status"] != "open":
            return
        intent = _intent(ledger, session)
        if button.pays:
            intent |= {"status": "succeeded", "last_payment_error": None}
            session |= {"status": "complete", "payment_status": "paid"}
            session["amount_total"] -= button.short
        else:
            intent |= {
                "status": "requires_payment_method",
                "last_payment_error": {"type": "card_error", "code": "card_declined"},
            }
        ledger.keep(intent)
        ledger.keep(session | {"payment_intent": intent["id"]})
        due_ms = now_ms + (late_s * 1000 if button.late else 0)
        about = {PAID: session | {"payment_intent": intent["id"]}}
        for kind in button.told:
            tell(ledger, kind, about.get(kind, intent), due_ms=due_ms, twice=button.twice)


def expire(ledger: Ledger, *, now_s: int, now_ms: int) -> None:
    """End the sessions whose time is up."""
    with ledger.lock:
        for session in ledger.all_of("checkout.session"):
            if session["status"] == "open" and session["expires_at"] <= now_s:
                tell(ledger, EXPIRED, ledger.keep(session | {"status": "expired"}), due_ms=now_ms)


def close(ledger: Ledger, session: Document, *, now_ms: int) -> Document:
    """End an open session before its time. Raises WireError for one that is over."""
    with ledger.lock:
        if session["status"] != "open":
            raise WireError(400, "", "only an open session can be expired")
        session["status"] = "expired"  # in place: who waits for the lock to press holds it, too
        tell(ledger, EXPIRED, ledger.keep(session), due_ms=now_ms)
    return session


def tell(ledger: Ledger, kind: str, about: Document, *, due_ms: int, twice: bool = False) -> None:
    """Have an event told at `due_ms`."""
    ledger.keep(
        {
            "id": f"evt_{secrets.token_hex(12)}",
            "object": "event",
            "type": kind,
            "created": due_ms // 1000,
            "data": {"object": about},
            "due_ms": due_ms,
            "times_left": 2 if twice else 1,
            "failures": 0,
        }
    )


def _intent(ledger: Ledger, session: Document) -> Document:
    known = ledger.find(session["payment_intent"] or "")
    return known or {
        "id": f"pi_{secrets.token_hex(12)}",
        "object": "payment_intent",
        "amount": session["amount_total"],
        "currency": session["currency"],
        "metadata": session["intent_metadata"],
    }
