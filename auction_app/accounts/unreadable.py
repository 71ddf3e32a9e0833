"""Keys that don't open what was sealed here: whose codes we can't check is locked out."""

from service_kit.errors import ConfigError

from auction_app.db.store import Store
from auction_app.errors import CodeUnreadable
from auction_app.factors import two_factor
from auction_app.factors.model import AppFactor
from auction_app.factors.repository import app_factors
from auction_app.signatures import Signatures

_LOOKED_AT = 10
_WORDS = (
    "it opens the secret of no member's app; put the key before it behind a comma, or let those "
    "members in by `python -m auction_app.support reseal --turn-off-unreadable`"
)


def refuse_other_keys(store: Store, signatures: Signatures) -> None:
    """Raises ConfigError where there are apps, and the secrets of the oldest are all unreadable.
    A single one may be damaged: its owner is told at sign-in."""
    with store.reading() as conn:
        oldest = app_factors.oldest(conn, limit=_LOOKED_AT)
    if oldest and not any(_is_readable(signatures, it) for it in oldest):
        raise ConfigError([f"AUCTIONS_SECRET_KEY: {_WORDS}"])


def _is_readable(signatures: Signatures, factor: AppFactor) -> bool:
    try:
        two_factor.read_secret(signatures, factor)
    except CodeUnreadable:
        return False
    return True
