"""Builds what the mailer's two processes are made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bus_drain.fetch import EntityClient
from service_kit.clock import Clock
from service_kit.database import connect, is_sqlite
from service_kit.health import Check
from service_kit.jobs import Work
from service_kit.local import LocalTransport
from service_kit.metrics.exposition import Collect
from service_kit.notify import NotifyChannel, OpenChannel
from service_kit.schema import check_ready
from service_kit.store_clock import clock_of_database

from mailer_service.config import Config
from mailer_service.entities.fetch import Entities
from mailer_service.journal import Journal
from mailer_service.notifier import Notifier
from mailer_service.pipeline.examine import Examiner
from mailer_service.pipeline.receive import Receiver
from mailer_service.pipeline.report import Reporter, ReportReceiver
from mailer_service.pipeline.send import Sender
from mailer_service.pipeline.write import Writer
from mailer_service.smtp.session import Session
from mailer_service.storage.inbox import Inbox
from mailer_service.storage.ledger import Ledger
from mailer_service.storage.queue_metrics import queue_metrics
from mailer_service.storage.reports import Reports
from mailer_service.storage.schedule import Schedule
from mailer_service.storage.suppressions import Suppressions

_EXAMINERS = 2
_WRITERS = 4


@dataclass(frozen=True)
class Parts:
    """What the mailer's two processes run: the web process takes the bus's deliveries with
    `receive`, and what the bus tells of itself with `receive_reports` if the operator wants that;
    the worker does the `work` of each name in a thread of its own. The notifier wakes it; a check
    raises when its part isn't well; `collect` makes metrics of what waits."""

    receive: Receiver
    receive_reports: ReportReceiver | None
    work: Mapping[str, Work]
    notifier: Notifier
    checks: Mapping[str, Check]
    collect: Collect


def build(
    config: Config,
    *,
    notify: Callable[[], None] | None = None,
    transport: LocalTransport | None = None,
    open_channel: OpenChannel = NotifyChannel.for_database,
    clock: Clock | None = None,
) -> Parts:
    """Everything that both processes need; opens nothing yet. `notify` wakes the worker in place
    of the notifier, where both run in one process; `transport` leads to the services that are.
    Without `clock` all go by the database's, so that no worker takes what another is at."""
    engine = connect(config.database_url)
    clock = clock or clock_of_database(engine)
    inbox, ledger, suppressions = Inbox(engine), Ledger(engine), Suppressions(engine)
    notifier = Notifier(config.database_url, open_channel)
    beside = Path(f"{engine.url.database}-taken") if is_sqlite(engine) else None

    entities = Entities(
        EntityClient(
            {config.bids_url: config.bids_token, config.auctions_url: config.auctions_token},
            total_s=config.fetch_timeout_ms / 1000,
            attempts=1,  # it is tried again by the tables, later and later
            left_alone_s=1,
            transport=transport,
        )
    )

    def examiner() -> Work:
        return Examiner(
            inbox=inbox,
            ledger=ledger,
            suppressions=suppressions,
            entities=entities,
            lease_ms=config.fetch_lease_ms,
            notify=notifier.notify,
            clock=clock,
        )

    def writer() -> Work:
        return Writer(
            ledger=ledger,
            schedule=Schedule(engine),
            suppressions=suppressions,
            entities=entities,
            limits=config.limits,
            home_url=config.auctions_url,
            lease_ms=config.fetch_lease_ms,
            notify=notifier.notify,
            clock=clock,
        )

    def sender() -> Work:
        return Sender(
            ledger=ledger,
            suppressions=suppressions,
            transport=Session(
                config.smtp, timeout_ms=config.smtp_timeout_ms, name=config.smtp_name
            ),
            journal=Journal(config.journal_dir or beside),
            sender=config.sender,
            mail_ms=config.smtp_timeout_ms,
            clock=clock,
        )

    reports = Reports(engine)
    tells = partial(ReportReceiver, reports, notify or notifier.notify_worker, clock)
    return Parts(
        receive_reports=tells() if config.operator else None,
        receive=Receiver(
            inbox,
            notify or notifier.notify_worker,
            clock,
            list_url=f"{config.auctions_url}/",
        ),
        work=_numbered("examine", examiner, _EXAMINERS)
        | _numbered("write", writer, _WRITERS)
        | _numbered("send", sender, config.smtp_sessions)
        | _reporters(config, reports, notifier, clock),
        notifier=notifier,
        checks={"database": lambda: check_ready("mailer_service", engine)},
        collect=lambda: queue_metrics(engine, clock()),
    )


def _reporters(
    config: Config, reports: Reports, notifier: Notifier, clock: Clock
) -> dict[str, Work]:
    if config.operator is None:
        return {}
    bus = EntityClient(
        {config.bus_url: config.bus_token},
        total_s=config.fetch_timeout_ms / 1000,
        attempts=1,  # it is done without
    )
    reporter = Reporter(
        reports=reports,
        entities=Entities(bus),
        operator=config.operator,
        bus_url=config.bus_url,
        notify=notifier.notify,
        clock=clock,
    )
    return {"report-1": reporter}


def _numbered(name: str, make: Callable[[], Work], count: int) -> dict[str, Work]:
    return {f"{name}-{number}": make() for number in range(1, count + 1)}
