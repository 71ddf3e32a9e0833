"""Builds what accounting is made of."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from bus_drain import DirtyMap, State, open_state
from bus_drain.fetch import EntityClient
from service_kit.clock import Clock
from service_kit.database import connect
from service_kit.health import Check
from service_kit.local import LocalTransport
from service_kit.schema import check_ready
from service_kit.store_clock import clock_of_database

from accounting_service.config import Config
from accounting_service.look import Looker
from accounting_service.payments import Payments
from accounting_service.receive import Receiver
from accounting_service.storage.books import Books
from accounting_service.storage.dead_letters import DeadLetters

_FETCH_S = 10.0


@dataclass(frozen=True)
class Parts:
    """`receiver` notes what has news in the drain's `state`, and sets `woken`; `looker` books it.
    `check` raises when the tables are not there; `close` lets go of all connections."""

    state: State
    receiver: Receiver
    looker: Looker
    books: Books
    dead_letters: DeadLetters
    payments: Payments
    woken: threading.Event
    check: Check
    close: Callable[[], None]


def build(
    config: Config, *, transport: LocalTransport | None = None, clock: Clock | None = None
) -> Parts:
    """Everything; opens the drain's state. `transport` leads to the payments where they are in this
    process. Raises StateUnavailable."""
    engine = connect(config.database_url)
    clock = clock or clock_of_database(engine)
    state = open_state(config.database_url)
    client = EntityClient(
        {config.payments_url: config.payments_token},
        total_s=_FETCH_S,
        attempts=1,  # it stays marked, and is looked at again
        left_alone_s=1,
        transport=transport,
    )
    opened = ExitStack()
    for close in (engine.dispose, state.close, client.close):
        opened.callback(close)
    dirty, woken = DirtyMap(state.marks, clock=clock), threading.Event()
    payments = Payments(client, config.payments_url)
    books, dead_letters = Books(engine, clock), DeadLetters(engine, clock)
    return Parts(
        state=state,
        receiver=Receiver(dirty, woken, list_url=config.payments_url),
        looker=Looker(dirty, payments, books, dead_letters, config.rates),
        books=books,
        dead_letters=dead_letters,
        payments=payments,
        woken=woken,
        check=lambda: check_ready("accounting_service", engine),
        close=opened.close,
    )
