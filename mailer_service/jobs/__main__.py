"""`python -m mailer_service.jobs`: the workers, the sweep, and staying subscribed to the bus."""

from collections.abc import Callable

from bus_client import BusClient, keep_subscribed
from huey.consumer import Consumer
from service_kit.config import exit_with, or_exit
from service_kit.database import check_alive, check_migrated
from service_kit.errors import NotMigrated
from service_kit.health import Check
from service_kit.logs import configure_logs
from service_kit.worker import run_loops

from mailer_service.config import Config, read
from mailer_service.decide import TOPICS
from mailer_service.jobs.work import Work, assemble

_WORKERS = 4
_HEALTH_CHECK_S = 10.0


def main() -> None:
    """Run until SIGTERM or SIGINT; blocks. A job that is running then may finish."""
    configure_logs("mailer_jobs")
    config = or_exit(read)
    work = assemble(config)
    try:
        check_migrated("mailer_service", work.engine)
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
        checks=_checks(work),
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


def _checks(work: Work) -> dict[str, Check]:
    return {"database": lambda: check_alive(work.engine), "queue": work.queue.size}


if __name__ == "__main__":
    main()
