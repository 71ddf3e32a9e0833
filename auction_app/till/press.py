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


_TAKEN = {"status": "succeeded", "last_payment_error": None}
_REFUSED = {
    "status": "requires_payment_method",
    "last_payment_error": {"type": "card_error", "code": "card_declined"},
}
BUTTONS: Mapping[str, Button] = {
    "pay": Button("Pay", (CREATED, PAID)),
    "decline": Button("Decline", (CREATED, DECLINED), pays=False),
    "pay-and-never-tell": Button("Pay and never tell"),
    "tell-twice": Button("Pay and tell twice", (PAID,), twice=True),
    "tell-late": Button("Pay and tell late", (PAID,), late=True),
    "tell-out-of-order": Button("Pay and tell out of order", (PAID, CREATED)),
    "pay-short": Button("Pay another amount", (PAID,), short=1),
}


def press(ledger: Ledger, name: str, button: Button, *, now_ms: int, late_s: int) -> Document:
    """Pay or decline at the open session of that name; what is over stays as it is. Returns it as
    it is then."""
    with ledger.lock:
        session = _as_it_is(ledger, name, now_ms)
        if session["status"] != "open":
            return session
        intent = _intent(ledger, session) | (_TAKEN if button.pays else _REFUSED)
        ledger.keep(intent)
        pressed = session | {"payment_intent": intent["id"]}
        if button.pays:
            amount = session["amount_total"] - button.short
            pressed |= {"status": "complete", "payment_status": "paid", "amount_total": amount}
        ledger.keep(pressed)
        due_ms = now_ms + (late_s * 1000 if button.late else 0)
        for kind in button.told:
            about = pressed if kind == PAID else intent
            tell(ledger, kind, about, due_ms=due_ms, twice=button.twice)
        return pressed


def expire(ledger: Ledger, *, now_ms: int) -> None:
    """End the sessions whose time is up."""
    with ledger.lock:
        for session in ledger.all_of("checkout.session"):
            _as_it_is(ledger, session["id"], now_ms)


def close(ledger: Ledger, name: str, *, now_ms: int) -> Document:
    """End an open session before its time. Raises WireError for one that is over."""
    with ledger.lock:
        session = _as_it_is(ledger, name, now_ms)
        if session["status"] != "open":
            raise WireError(400, "", "only an open session can be expired")
        return _expired(ledger, session, now_ms)


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


def _as_it_is(ledger: Ledger, name: str, now_ms: int) -> Document:
    """Read under the lock: whoever had waited for it would hold what it was before, and one whose
    time is up may not have been ended yet."""
    session = ledger.find(name)
    if session is None:
        raise WireError(404, "resource_missing", "no such checkout.session")
    if session["status"] == "open" and session["expires_at"] * 1000 <= now_ms:
        return _expired(ledger, session, now_ms)
    return session


def _expired(ledger: Ledger, session: Document, now_ms: int) -> Document:
    over = ledger.keep(session | {"status": "expired"})
    tell(ledger, EXPIRED, over, due_ms=now_ms)
    return over


def _intent(ledger: Ledger, session: Document) -> Document:
    known = ledger.find(session["payment_intent"] or "")
    return known or {
        "id": f"pi_{secrets.token_hex(12)}",
        "object": "payment_intent",
        "amount": session["amount_total"],
        "currency": session["currency"],
        "metadata": session["intent_metadata"],
    }
