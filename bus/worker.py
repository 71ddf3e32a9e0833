"""`python -m bus.worker`: deliver events to subscribers until SIGTERM."""

import gc
import os
import secrets
import socket
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from service_kit.clock import now_ms, steady_ms
from service_kit.config import or_exit
from service_kit.logs import configure_logs
from service_kit.open_files import allow_many_sockets
from service_kit.otel import export_spans
from service_kit.worker import Body, run_loops

from bus.bootstrap import config_or_exit, open_or_exit
from bus.config import Config
from bus.delivery.lag_watch import LagWatch
from bus.delivery.process_lock import ProcessLock
from bus.delivery.pusher import Pusher
from bus.delivery.sampler import Sampler
from bus.delivery.wire.http_client import HttpClient
from bus.log.retention import DAY_MS, Retention
from bus.model.log_name import MAIN
from bus.storage import Logs, Storage

if TYPE_CHECKING:
    from prometheus_client.core import Metric


def main() -> None:
    """Run a pusher. Any number may run; the others stand by until one of them dies."""
    configure_logs("pusher")
    export_spans("pusher")
    config = config_or_exit()
    logs = open_or_exit(config)
    allow_many_sockets()
    _collect_garbage_seldom()
    name = f"{socket.gethostname()[:32]}-{os.getpid()}-{secrets.token_hex(4)}"
    process_lock = or_exit(lambda: ProcessLock(name))
    pushers = {
        log: Pusher(
            name,
            store,
            HttpClient(config.trusted_hosts),
            now_ms=now_ms,
            steady_ms=steady_ms,
            give_up_ms=config.give_up_days * DAY_MS,
            public_url=config.public_url,
            log=logs.told_name(log),
        )
        for log, store in logs
    }
    loops = {
        _named(what, log): body
        for log, store in logs
        for what, body in _loops(config, store, pushers[log]).items()
    }
    if logs.others:
        loops["registry"] = logs.copy_registry
    checks = {
        **{_named("database", log): store.check_ready for log, store in logs},
        **{_named("lease", log): pusher.check_lease for log, pusher in pushers.items()},
    }
    run_loops(
        loops,
        health_port=config.pusher_port,
        checks=checks,
        collect=lambda: _collected(logs, pushers),
    )
    for pusher in pushers.values():
        pusher.close()
    process_lock.close()
    logs.close()


def _loops(config: Config, store: Storage, pusher: Pusher) -> dict[str, Body]:
    """What is done for one log."""
    clocks = {"now_ms": now_ms, "steady_ms": steady_ms}
    keep_bytes = None if config.keep_mib is None else config.keep_mib * 1024**2
    keep_ms, limit_ms = config.keep_days * DAY_MS, config.lag_limit_s * 1000
    retention = Retention(store.log, keep_ms=keep_ms, keep_bytes=keep_bytes, **clocks)
    lag = LagWatch(store, config.public_url, limit_ms=limit_ms, **clocks)
    return {
        "push": pusher.run_once,
        "retention": retention.run_once,
        "lag": lag.run_once,
        "sample": Sampler(store.history, now_ms).run_once,
    }


def _named(what: str, log: str) -> str:
    return what if log == MAIN else f"{what} {log}"


def _collected(logs: Logs, pushers: Mapping[str, Pusher]) -> "Iterable[Metric]":
    from bus.metrics import of_logs  # Prometheus's library is loaded when somebody asks

    return of_logs({log: pushers[log].collect() for log, _ in logs})


def _collect_garbage_seldom() -> None:
    """Events are many and hold no cycles; what was loaded at start stays anyway."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


if __name__ == "__main__":
    main()
