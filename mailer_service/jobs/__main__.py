"""`python -m mailer_service.jobs`: the workers, and staying subscribed to the bus."""

import os
from collections.abc import Callable

from bus_client import BusClient, keep_subscribed
from service_kit.config import exit_with, or_exit
from service_kit.errors import NotMigrated
from service_kit.logs import configure_logs
from service_kit.worker import run_loops

from mailer_service.config import Config, read
from mailer_service.decide.news import TOPICS
from mailer_service.jobs.rounds import rounds
from mailer_service.jobs.work import assemble

NICENESS = 10  # answering the bus comes before working off what it said


def main() -> None:
    """Run until SIGTERM or SIGINT; blocks. A piece of work that is going on then is finished."""
    configure_logs("mailer_jobs")
    config = or_exit(read)
    workers = assemble(config)
    try:
        workers.checks["database"]()
    except NotMigrated as error:
        exit_with((str(error),))
    os.nice(NICENESS)
    run_loops(
        {name: rounds(work, workers.notifier) for name, work in workers.work.items()}
        | {"bell": workers.notifier.listen, "subscribe": _subscription(config)},
        health_port=config.jobs_port,
        checks=workers.checks,
    )


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
