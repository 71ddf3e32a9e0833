"""`python -m bus.worker`: deliver events to subscribers until SIGTERM."""

import gc
import os
import secrets
import socket

from service_kit.clock import now_ms, steady_ms
from service_kit.config import or_exit
from service_kit.logs import configure_logs
from service_kit.open_files import allow_many_sockets
from service_kit.otel import export_spans
from service_kit.worker import run_loops

from bus.bootstrap import config_or_exit, open_or_exit
from bus.delivery.lag_watch import LagWatch
from bus.delivery.process_lock import ProcessLock
from bus.delivery.pusher import Pusher
from bus.delivery.sampler import Sampler
from bus.delivery.wire.http_client import HttpClient
from bus.log.retention import DAY_MS, Retention


def main() -> None:
    """Run a pusher. Any number may run; the others stand by until one of them dies."""
    configure_logs("pusher")
    export_spans("pusher")
    config = config_or_exit()
    storage = open_or_exit(config)
    allow_many_sockets()
    _collect_garbage_seldom()
    name = f"{socket.gethostname()[:32]}-{os.getpid()}-{secrets.token_hex(4)}"
    process_lock = or_exit(lambda: ProcessLock(name))
    pusher = Pusher(
        name,
        storage,
        HttpClient(config.trusted_hosts),
        now_ms=now_ms,
        steady_ms=steady_ms,
        give_up_ms=config.give_up_days * DAY_MS,
        public_url=config.public_url,
    )
    retention = Retention(
        storage.log,
        keep_ms=config.keep_days * DAY_MS,
        keep_bytes=None if config.keep_mib is None else config.keep_mib * 1024**2,
        now_ms=now_ms,
        steady_ms=steady_ms,
    )
    lag = LagWatch(
        storage,
        config.public_url,
        limit_ms=config.lag_limit_s * 1000,
        now_ms=now_ms,
        steady_ms=steady_ms,
    )
    run_loops(
        {
            "push": pusher.run_once,
            "retention": retention.run_once,
            "lag": lag.run_once,
            "sample": Sampler(storage.history, now_ms).run_once,
        },
        health_port=config.pusher_port,
        checks={"database": storage.check_ready, "lease": pusher.check_lease},
        collect=pusher.collect,
    )
    pusher.close()
    process_lock.close()
    storage.close()


def _collect_garbage_seldom() -> None:
    """Events are many and hold no cycles; what was loaded at start stays anyway."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


if __name__ == "__main__":
    main()
