"""Old idempotency keys go, so that the table doesn't grow for ever."""

from sqlalchemy import Engine, delete

from bids_service.storage.tables import idempotency_keys
from bids_service.storage.transactions import writing


def forget_keys(engine: Engine, before_ms: int) -> int:
    """Delete keys first used before a time; returns how many. Raises StoreUnavailable."""
    with writing(engine) as connection:
        return connection.execute(
            delete(idempotency_keys).where(idempotency_keys.c.created_at_ms < before_ms)
        ).rowcount
