"""`python -m bids_service.worker`: publish, close, import, subscribe, apply accepted commands.

That runs every loop, and `python -m bids_service.worker commands relay` those: so the processes
that apply commands can be scaled apart.
"""

import sys
from collections.abc import Callable, Sequence

from bus_client import BusClient, keep_subscribed
from service_kit.config import exit_with, or_exit
from service_kit.logs import configure_logs
from service_kit.outbox import Relay
from service_kit.worker import run_loops

from bids_service.bootstrap import Parts, build
from bids_service.commands.accept import apply_accepted
from bids_service.commands.close_due import close_due
from bids_service.commands.decide import Books
from bids_service.commands.import_auctions import import_due
from bids_service.config import Config, read
from bids_service.storage.idempotency import forget_keys
from bids_service.storage.tables import outbox
from bids_service.topology import topology

_POLL_S = 1.0
_HOUR_S = 3600.0
_KEYS_LAST_MS = 30 * 24 * 3_600_000


def loops(config: Config, parts: Parts) -> dict[str, Callable[[], float]]:
    """The bodies of the process's loops; each returns the seconds until its next round."""
    bus = BusClient(config.bus_url, config.bus_token)
    return {
        "relay": Relay(parts.database.engine, outbox, bus.publish).run_once,
        "commands": lambda: _apply_accepted(parts.books),
        "closing": lambda: close_due(parts.books),
        "learning": lambda: _import(parts),
        "housekeeping": lambda: _forget_old_keys(parts),
        "subscribing": keep_subscribed(bus, topology(config)),
    }


def main(chosen: Sequence[str]) -> None:
    """Run the chosen loops (all without a choice) until SIGTERM or SIGINT."""
    configure_logs("bids_jobs")
    config = or_exit(read)
    parts = build(config)
    bodies = loops(config, parts)
    if unknown := set(chosen) - set(bodies):
        exit_with((f"no such loop: {', '.join(unknown)}; there are {', '.join(bodies)}",))
    run_loops(
        {name: bodies[name] for name in chosen or bodies},
        health_port=config.jobs_port,
        checks={"database": parts.database.check},
    )


def _apply_accepted(books: Books) -> float:
    books.database.accepted_channel.wait(_POLL_S)
    apply_accepted(books)
    return 0.0


def _import(parts: Parts) -> float:
    parts.importing.wait(_POLL_S)
    while import_due(parts.books, parts.announced, parts.auctions):
        pass
    return 0.0


def _forget_old_keys(parts: Parts) -> float:
    forget_keys(parts.database, parts.books.clock() - _KEYS_LAST_MS)
    return _HOUR_S


if __name__ == "__main__":
    main(sys.argv[1:])
