"""Puts the workers' parts together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from service_kit.clock import Clock, now_ms
from service_kit.database import check_migrated, connect
from service_kit.health import Check
from service_kit.http import HttpClient

from mailer_service.config import Config
from mailer_service.entities import Entities
from mailer_service.examine import Examiner
from mailer_service.jobs.queue import Queue
from mailer_service.send import Sender
from mailer_service.smtp import Smtp
from mailer_service.storage.inbox import Inbox
from mailer_service.storage.ledger import Ledger
from mailer_service.sweep import Sweep


@dataclass(frozen=True)
class Work:
    """The mailer's jobs: the queue that wakes them, the sweep that finds what it lost, and what
    must be well for either (Check raises when it isn't)."""

    queue: Queue
    sweep: Sweep
    checks: Mapping[str, Check]


def assemble(config: Config, clock: Clock = now_ms) -> Work:
    """Everything that the jobs process needs; opens nothing yet but the queue's file."""
    engine = connect(config.database_url)
    inbox, ledger = Inbox(engine), Ledger(engine)
    verbs: dict[str, Callable[[int], None]] = {}
    queue = Queue(config.jobs_file, lambda verb, row_id: verbs[verb](row_id))
    http = HttpClient(
        {config.bids_url: config.bids_token, config.auctions_url: config.auctions_token}
    )
    verbs["examine"] = Examiner(inbox, ledger, Entities(http), queue.wake, clock).examine
    verbs["send"] = Sender(
        ledger,
        Smtp(config.smtp, timeout_ms=config.smtp_timeout_ms).send,
        config.sender,
        lease_ms=2 * config.smtp_timeout_ms,
        clock=clock,
    ).send
    return Work(
        queue,
        Sweep(inbox, ledger, queue.size, queue.wake, clock),
        {"database": lambda: check_migrated("mailer_service", engine), "queue": queue.size},
    )
