"""A transaction with all that writing in it needs."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from service_kit.outbox import announce
from service_kit.outcomes import Operation, Outcome, Outcomes
from sqlalchemy import Connection

from auction_app.db.tables import outbox
from auction_app.urls import Urls


@dataclass(frozen=True, kw_only=True)
class UnitOfWork:
    """What is written by it is written whole, with the events that tell of it, at one time."""

    conn: Connection
    urls: Urls
    now_ms: int
    outcomes: "Outcomes[UnitOfWork]"

    def performing(self, operation: Operation) -> AbstractContextManager[None]:
        """Around the statements of an operation: whoever may veto it is asked before, whoever
        listens hears of it after them, and all of it is one commit."""
        return self.outcomes.performing(self, operation)

    def tell(self, outcome: Outcome) -> None:
        """Tell whoever listens what has happened, in the same commit."""
        self.outcomes.tell(self, outcome)

    def announce(self, topic: str, type: str, url: str) -> None:
        """Tell the world that the entity at `url` was created or updated."""
        announce(self.conn, outbox, topic=topic, type=type, url=url, now_ms=self.now_ms)
