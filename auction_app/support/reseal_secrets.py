"""Bring the secrets of apps under the house's first key, so that an older one can be dropped."""

from dataclasses import dataclass

from auction_app.db.store import Store
from auction_app.errors import CodeUnreadable
from auction_app.factors import two_factor
from auction_app.factors.model import AppFactor
from auction_app.factors.repository import app_factors
from auction_app.signatures import Signatures
from auction_app.support.reset_sign_in import turn_off

_NOTE = "No key of the house opens the secret of the app any more."


@dataclass(frozen=True, kw_only=True)
class Resealed:
    """How many secrets are under the first key now, and which customers' no key opens."""

    sealed: int
    unreadable: tuple[str, ...]


def reseal_secrets(store: Store, signatures: Signatures) -> Resealed:
    """Seal each anew, a transaction each; may be repeated, and while the house is open."""
    with store.reading() as conn:
        factors = app_factors.everybody(conn)
    unreadable = [it.customer_id for it in factors if not _reseal(store, signatures, it)]
    return Resealed(sealed=len(factors) - len(unreadable), unreadable=tuple(unreadable))


def turn_off_unreadable(store: Store, signatures: Signatures) -> int:
    """Ask those for no code any more whose codes can't be checked, and tell them; returns how many
    they were."""
    found = reseal_secrets(store, signatures).unreadable
    for customer_id in found:
        with store.begin() as act:
            turn_off(act, customer_id, "app-unreadable", note=_NOTE)
    return len(found)


def _reseal(store: Store, signatures: Signatures, factor: AppFactor) -> bool:
    try:
        secret = two_factor.read_secret(signatures, factor)
    except CodeUnreadable:
        return False
    sealed = two_factor.seal_secret(signatures, factor.customer_id, secret)
    with store.begin() as act:
        app_factors.reseal(act.conn, factor, sealed)
    return True
