"""The jobs process: publish, close, learn, stay subscribed, carry out what was taken in.

`python -m bids_service.jobs` runs every loop, `python -m bids_service.jobs commands relay` those:
so the processes that carry out commands can be scaled apart.
"""

import sys
from collections.abc import Callable, Sequence

from bus_client import BusClient, keep_subscribed
from service_kit.config import exit_with, or_exit
from service_kit.logs import configure_logs
from service_kit.outbox import Relay
from service_kit.worker import run_loops

from bids_service.assemble import assemble
from bids_service.carry_out_waiting import carry_out_waiting
from bids_service.close_due import close_due
from bids_service.config import Config, read
from bids_service.learn_auctions import learn_due
from bids_service.parts import Parts
from bids_service.storage.keys import forget_keys
from bids_service.storage.tables import outbox

_POLL_S = 1.0
_HOUR_S = 3600.0
_KEYS_LAST_MS = 30 * 24 * 3_600_000


def loops(config: Config, parts: Parts) -> dict[str, Callable[[], float]]:
    """The bodies of the process's loops; each returns the seconds until its next round."""
    bus = BusClient(config.bus_url, config.bus_token)
    return {
        "relay": Relay(parts.storage.engine, outbox, bus.publish).run_once,
        "commands": lambda: _carry_out(parts),
        "closing": lambda: close_due(parts.storage.books, parts.clock),
        "learning": lambda: _learn(parts),
        "housekeeping": lambda: _forget_old_keys(parts),
        "subscribing": keep_subscribed(
            bus,
            topics=["auctions"],
            callback=parts.urls.events,
            uuid=config.webhook_uuid,
            secret=config.webhook_secret,
        ),
    }


def main(chosen: Sequence[str]) -> None:
    """Run the chosen loops (all without a choice) until SIGTERM or SIGINT."""
    config = or_exit(read)
    configure_logs("bids_jobs")
    parts = assemble(config)
    bodies = loops(config, parts)
    if unknown := set(chosen) - set(bodies):
        exit_with((f"no such loop: {', '.join(unknown)}; there are {', '.join(bodies)}",))
    run_loops(
        {name: bodies[name] for name in chosen or bodies},
        health_port=config.jobs_port,
        checks={"database": parts.storage.check},
    )


def _carry_out(parts: Parts) -> float:
    storage = parts.storage
    storage.waiting_channel.wait(_POLL_S)
    carry_out_waiting(storage.waiting, parts.answer, storage.outbox_channel)
    return 0.0


def _learn(parts: Parts) -> float:
    parts.learning.wait(_POLL_S)
    while learn_due(parts.storage.announced, parts.storage.books, parts.auctions, parts.clock):
        pass
    return 0.0


def _forget_old_keys(parts: Parts) -> float:
    forget_keys(parts.storage.engine, parts.clock() - _KEYS_LAST_MS)
    return _HOUR_S


if __name__ == "__main__":
    main(sys.argv[1:])
