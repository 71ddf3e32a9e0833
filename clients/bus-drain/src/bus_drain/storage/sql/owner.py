"""Whose state it is."""

from service_kit.tokens import digest
from sqlalchemy import Engine, Table

from bus_drain.storage.sql.transactions import alone


class SqlOwner:
    """bus_drain.state.Owner in a table of one row."""

    def __init__(self, engine: Engine, owner: Table) -> None:
        self._engine = engine
        self._owner = owner

    def claim(self, uuid: str) -> bool:
        """Whether the state is this drain's: the first that asks has it."""
        with alone(self._engine, self._owner) as connection:
            found = connection.execute(self._owner.select()).scalar_one_or_none()
            if found is None:
                connection.execute(self._owner.insert().values(uuid_digest=digest(uuid)))
            return found in {None, digest(uuid)}

    def release(self) -> None:
        """Let the next that asks have it, with all that it remembers."""
        with alone(self._engine, self._owner) as connection:
            connection.execute(self._owner.delete())
