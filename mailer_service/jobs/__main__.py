"""`python -m mailer_service.jobs`: the workers, the sweep, and staying subscribed to the bus."""

import logging
from collections.abc import Callable

from bus_client import BusClient, keep_subscribed
from huey.consumer import Consumer
from service_kit.config import exit_with, or_exit
from service_kit.errors import NotMigrated
from service_kit.logs import configure_logs
from service_kit.worker import run_loops

from mailer_service.config import Config, read
from mailer_service.decide import TOPICS
from mailer_service.jobs.work import assemble

_WORKERS = 4
_HEALTH_CHECK_S = 10.0


def main() -> None:
    """Run until SIGTERM or SIGINT; blocks. A job that is running then may finish."""
    configure_logs("mailer_jobs")
    logging.getLogger("huey").setLevel(logging.WARNING)  # it tells every job's start and end
    config = or_exit(read)
    work = assemble(config)
    try:
        work.checks["database"]()
    except NotMigrated as error:
        exit_with((str(error),))
    consumer = work.queue.consumer(_WORKERS)
    consumer.start()  # its signal handlers are replaced by run_loops'
    run_loops(
        {
            "sweep": work.sweep,
            "consumer": lambda: _keep_alive(consumer),
            "subscribe": _subscription(config),
        },
        health_port=config.jobs_port,
        checks=work.checks,
    )
    consumer.stop(graceful=True)


def _keep_alive(consumer: Consumer) -> float:
    consumer.check_worker_health()
    return _HEALTH_CHECK_S


def _subscription(config: Config) -> Callable[[], float]:
    return keep_subscribed(
        BusClient(config.bus_url, config.bus_token),
        topics=TOPICS,
        callback=f"{config.public_url}/events",
        uuid=config.webhook_uuid,
        secret=config.webhook_secret,
    )


if __name__ == "__main__":
    main()
