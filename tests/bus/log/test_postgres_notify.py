"""Listening while there is nothing to listen to."""

import time
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from bus.log.postgres_notify import PostgresListener
from tests.waiting import wait_for


class Away:
    """An engine whose database is away; counts who asks."""

    asked = 0
    dialect = create_engine("postgresql+psycopg://nobody@nowhere/nothing").dialect

    def raw_connection(self) -> Any:
        self.asked += 1
        raise OperationalError("connect", {}, OSError("refused"))


def test_a_database_that_is_away_is_asked_about_once_a_second() -> None:
    engine: Any = Away()
    listener = PostgresListener(engine)
    began = time.monotonic()
    listener.fileno()
    try:
        wait_for(lambda: engine.asked >= 2, what="asked again")
        assert time.monotonic() - began >= 0.9
        assert engine.asked <= 2 + (time.monotonic() - began)
    finally:
        listener.close()
