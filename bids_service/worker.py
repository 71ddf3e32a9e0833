"""`python -m bids_service.worker`: publish, close, import, subscribe, apply accepted commands.

That runs every loop, and `python -m bids_service.worker commands relay` those: so the processes
that apply commands can be scaled apart.
"""

import sys
from collections.abc import Sequence
from functools import partial

from bus_client import bus_elsewhere, keep_subscribed
from service_kit.config import exit_with, nowhere, or_exit
from service_kit.errors import HttpFailure
from service_kit.jobs import Job
from service_kit.logs import configure_logs
from service_kit.otel import export_spans
from service_kit.outbox import Outbox, Publish, Relay
from service_kit.outbox.watch import check_outbox, outbox_metrics
from service_kit.schema import check_start
from service_kit.worker import Body, listening, run_loops

from bids_service.bootstrap import Parts, build
from bids_service.commands.accept import apply_accepted
from bids_service.commands.close_due import close_due
from bids_service.commands.import_auctions import import_due
from bids_service.config import Config, read
from bids_service.storage.idempotency import forget_keys
from bids_service.storage.tables import outbox
from bids_service.topology import topology

_POLL_S = 0.5
_HOUR_S = 3600.0
_KEYS_LAST_MS = 30 * 24 * 3_600_000


def jobs(parts: Parts, publish: Publish) -> dict[str, Job]:
    """What waits in the tables; each is woken by a channel of its own."""
    relay = Relay(parts.database.engine, outbox, publish)
    books, auctions = parts.books, parts.auctions
    return {
        "relay": Job("relay", relay.publish_waiting, away=HttpFailure),
        "commands": Job("commands", lambda: apply_accepted(books)),
        "learning": Job("learning", lambda: import_due(books, parts.announced, auctions)),
    }


def timers(parts: Parts) -> dict[str, Body]:
    """What time brings; each returns the seconds until its next round."""
    return {
        "closing": lambda: close_due(parts.books),
        "housekeeping": lambda: _forget_old_keys(parts),
    }


def loops(config: Config, parts: Parts) -> dict[str, Body]:
    """The bodies of the process's loops. Raises ConfigError."""
    bus = bus_elsewhere("BIDS_BUS_URL", config.bus_url, config.bus_token)
    channels = {
        "relay": parts.database.outbox_channel,
        "commands": parts.database.accepted_channel,
        "learning": parts.importing,
    }
    listen = {
        name: listening(job, partial(channels[name].wait, _POLL_S))
        for name, job in jobs(parts, bus.publish).items()
    }
    subscribing = {"subscribing": keep_subscribed(bus, topology(config))}
    return listen | timers(parts) | subscribing


def main(chosen: Sequence[str]) -> None:
    """Run the chosen loops (all without a choice) until SIGTERM or SIGINT."""
    configure_logs("bids_jobs")
    export_spans("bids_jobs")
    config = or_exit(lambda: read(nowhere))
    parts = or_exit(lambda: build(config))
    bodies = or_exit(lambda: loops(config, parts))
    or_exit(lambda: check_start("bids_service", config.database_url))
    if unknown := set(chosen) - set(bodies):
        exit_with((f"no such loop: {', '.join(unknown)}; there are {', '.join(bodies)}",))
    waiting = Outbox(parts.database.engine, outbox)
    run_loops(
        {name: bodies[name] for name in chosen or bodies},
        health_port=config.jobs_port,
        checks={"database": parts.database.check, "outbox": lambda: check_outbox(waiting)},
        collect=lambda: outbox_metrics({"bids": waiting}, parts.books.clock()),
    )


def _forget_old_keys(parts: Parts) -> float:
    forget_keys(parts.database, parts.books.clock() - _KEYS_LAST_MS)
    return _HOUR_S


if __name__ == "__main__":
    main(sys.argv[1:])
