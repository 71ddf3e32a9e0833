"""Which subscription a client means by a name."""

from sqlalchemy import Connection, select

from bus.errors import NotFound
from bus.storage.tables import subscriptions


def id_of(connection: Connection, client_id: int, name: str) -> int | None:
    """The id of a client's subscription; None where there is none."""
    return connection.execute(
        select(subscriptions.c.id).where(
            subscriptions.c.client_id == client_id, subscriptions.c.name == name
        )
    ).scalar_one_or_none()


def known_id(connection: Connection, client_id: int, name: str) -> int:
    """The same. Raises NotFound."""
    found = id_of(connection, client_id, name)
    if found is None:
        raise NotFound("no subscription")
    return found
