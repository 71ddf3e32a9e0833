"""The one row about the log and the registry as a whole."""

from sqlalchemy import Connection, select, update

from bus.storage.tables import bus_state


def log_identity(connection: Connection) -> str:
    """The name of this log, made when its tables were: it makes event ids unique."""
    return str(connection.execute(select(bus_state.c.log_identity)).scalar_one())


def registry_version(connection: Connection) -> int:
    """A number that moves with every change of a subscription."""
    return int(connection.exec_driver_sql("SELECT registry_version FROM bus_state").scalar_one())


def registry_changed(connection: Connection) -> None:
    """Say in this transaction that a subscription changed."""
    connection.execute(update(bus_state).values(registry_version=bus_state.c.registry_version + 1))
