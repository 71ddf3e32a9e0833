"""`python -m mailer_service.worker`: examine, write, send, and stay subscribed to the bus."""

import os
from functools import partial

from bus_client import bus_elsewhere, keep_subscribed
from service_kit.config import nowhere, or_exit
from service_kit.jobs import Job
from service_kit.logs import configure_logs
from service_kit.otel import export_spans
from service_kit.schema import check_start
from service_kit.worker import Body, listening, run_loops

from mailer_service.bootstrap import Parts, build
from mailer_service.config import Config, read
from mailer_service.errors import ServerUnavailable
from mailer_service.notifier import Notifier
from mailer_service.topology import topology

NICENESS = 10  # answering the bus comes before working off what it said


def jobs(parts: Parts) -> dict[str, Job]:
    """What waits in the tables. While the SMTP server is away it is asked again with back-off, and
    nothing is written for the mails that wait."""
    return {name: Job(name, work, away=ServerUnavailable) for name, work in parts.work.items()}


def loops(config: Config, parts: Parts) -> dict[str, Body]:
    """The bodies of the process's loops; each returns the seconds until its next round. Raises
    ConfigError."""
    listen = {name: _listening(job, parts.notifier) for name, job in jobs(parts).items()}
    bus = bus_elsewhere("MAILER_BUS_URL", config.bus_url, config.bus_token)
    return listen | {
        "bell": parts.notifier.listen,
        "subscribe": keep_subscribed(bus, topology(config)),
    }


def _listening(job: Job, notifier: Notifier) -> Body:
    def body() -> float:
        heard = notifier.heard()
        return listening(job, partial(notifier.wait, heard))()

    return body


def main() -> None:
    """Run until SIGTERM or SIGINT; blocks. A piece of work that is going on then is finished."""
    configure_logs("mailer_jobs")
    export_spans("mailer_jobs")
    config = or_exit(lambda: read(nowhere))
    parts = or_exit(lambda: build(config))
    bodies = or_exit(lambda: loops(config, parts))
    or_exit(lambda: check_start("mailer_service", config.database_url))
    os.nice(NICENESS)
    run_loops(bodies, health_port=config.jobs_port, checks=parts.checks, collect=parts.collect)


if __name__ == "__main__":
    main()
