"""`python -m mailer_service.worker`: examine, write, send, and stay subscribed to the bus."""

import os
from collections.abc import Callable

from bus_client import BusClient, keep_subscribed
from service_kit.backoff import backoff_s
from service_kit.config import or_exit
from service_kit.logs import configure_logs, get_logger
from service_kit.worker import run_loops

from mailer_service.bootstrap import Parts, Work, build
from mailer_service.config import Config, read
from mailer_service.errors import ServerUnavailable
from mailer_service.notifier import Notifier
from mailer_service.topology import topology

log = get_logger(__name__)

NICENESS = 10  # answering the bus comes before working off what it said
_LONGEST_S = 30.0


def loops(config: Config, parts: Parts) -> dict[str, Callable[[], float]]:
    """The bodies of the process's loops; each returns the seconds until its next round."""
    return {name: loop(work, parts.notifier) for name, work in parts.work.items()} | {
        "bell": parts.notifier.listen,
        "subscribe": keep_subscribed(BusClient(config.bus_url, config.bus_token), topology(config)),
    }


def main() -> None:
    """Run until SIGTERM or SIGINT; blocks. A piece of work that is going on then is finished."""
    configure_logs("mailer_jobs")
    config = or_exit(read)
    parts = build(config)
    or_exit(parts.checks["database"])
    os.nice(NICENESS)
    run_loops(loops(config, parts), health_port=config.jobs_port, checks=parts.checks)


def loop(work: Work, notifier: Notifier) -> Callable[[], float]:
    """A body for `run_loops` that does one piece of work, or waits until there may be some.

    While the SMTP server is away it asks again with back-off, and nothing is written for the
    mails that wait.
    """
    failures = 0

    def body() -> float:
        nonlocal failures
        heard = notifier.heard()
        try:
            if not work():
                notifier.wait(heard)
        except ServerUnavailable as error:
            failures += 1
            pause_s = backoff_s(failures, longest_s=_LONGEST_S)
            log.warning("no mail can leave", why=str(error), again_s=round(pause_s, 1))
            return pause_s
        failures = 0
        return 0.0

    return body


if __name__ == "__main__":
    main()
