"""How much mail waits, and since when."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from service_kit.database import reading
from sqlalchemy import Column, Connection, Engine, Select, func, select

from mailer_service.storage.tables import dead_letters, inbox, mails

if TYPE_CHECKING:
    from prometheus_client.core import Metric

_STEPS = ("noticed", "ready", "held")


def queue_metrics(engine: Engine, now_ms: int) -> "Iterator[Metric]":
    """Entities to look at, mails by step, entities that were given up. Costs as much as what
    waits, not as all that was ever sent."""
    from prometheus_client.core import GaugeMetricFamily

    with reading(engine) as connection:
        waiting = {step: _waiting(connection, _of_step(step)) for step in _STEPS}
        looks, oldest_look_ms = _waiting(connection, _counted(inbox.c.received_at_ms))
        dead = connection.execute(select(func.count()).select_from(dead_letters)).scalar_one()
    yield GaugeMetricFamily("mailer_inbox_entities", "Entities with news to look at.", looks)
    yield GaugeMetricFamily(
        "mailer_inbox_oldest_seconds", "Since when the first waits.", _age_s(oldest_look_ms, now_ms)
    )
    queue = GaugeMetricFamily("mailer_queued_mails", "Mails that wait, by step.", labels=["step"])
    oldest = GaugeMetricFamily(
        "mailer_queued_oldest_seconds", "Since when the first waits.", labels=["step"]
    )
    for step, (count, oldest_ms) in waiting.items():
        queue.add_metric([step], count)
        oldest.add_metric([step], _age_s(oldest_ms, now_ms))
    yield from (queue, oldest)
    yield GaugeMetricFamily("mailer_dead_letters", "Entities that no mail can be made of.", dead)


def _of_step(step: str) -> Select[int, int]:
    return _counted(mails.c.created_at_ms).where(mails.c.step == step)


def _counted(since: Column[int]) -> Select[int, int]:
    return select(func.count(), func.min(since))


def _waiting(connection: Connection, wanted: Select[int, int]) -> tuple[int, int | None]:
    count, oldest_ms = connection.execute(wanted).one()
    return count, oldest_ms


def _age_s(since_ms: int | None, now_ms: int) -> float:
    return 0.0 if since_ms is None else max(0, now_ms - since_ms) / 1000
