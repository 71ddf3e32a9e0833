"""From the bus's documents to what they say."""

from typing import cast

from service_kit.hal import Resource

from bus_client.entities import (
    Answer,
    Attempt,
    DeadLetter,
    EventBatch,
    Finding,
    HistoryPoint,
    Parked,
    PulledBatch,
    Redriven,
    Resync,
    SeekPreview,
    Settings,
    Subscription,
    Timings,
)
from bus_client.errors import BusUnavailable


class Document(Resource):
    """A HAL document of the bus. Reading it raises BusUnavailable when it isn't as promised."""

    malformed = BusUnavailable
    no_link = BusUnavailable


def subscription_from(document: Document) -> Subscription:
    """A subscription from its representation."""
    lag, last_answer = document.part("lag"), document.optional_part("last_answer")
    return Subscription(
        url=document.link("self"),
        links=document.targets(),
        topics=document.texts("topics"),
        settings=cast("Settings", document.values(*Settings.__annotations__)),
        waiting=lag.integer("events"),
        oldest_ms=lag.get("oldest_ms"),
        last_answer=_answer(last_answer) if last_answer else None,
        secret=document.get("secret"),
        **document.values(*_SUBSCRIPTION_STATE),
    )


def findings_from(document: Document) -> list[Finding]:
    """What a diagnosis has found."""
    names = tuple(Finding.__annotations__)
    return [Finding(**one.values(*names)) for one in document.parts("findings")]


def parked_from(document: Document) -> Parked:
    """A parked entity from its representation."""
    return Parked(
        url=document.text("url"),
        events=document.integer("events"),
        failures=document.integer("failures"),
        retry_at_ms=document.time_ms("retry_at_ms"),
        last_answer=_answer(document.part("last_answer")),
    )


def dead_letter_from(document: Document) -> DeadLetter:
    """A dead letter from its representation."""
    return DeadLetter(
        url=document.link("self"),
        links=document.targets(),
        id=document.integer("id"),
        event=document.part("event").document,
        attempts=document.integer("attempts"),
        last_answer=_answer(document.part("last_answer")),
        answer_body=document.get("answer_body"),
    )


def attempt_from(document: Document) -> Attempt:
    """An attempt from its representation."""
    return Attempt(
        url=document.link("self"),
        request=document.get("request"),
        response=document.get("response"),
        timings=Timings(**document.part("timings").values(*Timings.__annotations__)),
        links=document.targets(),
        **document.values(*_ATTEMPT_STATE),
    )


def preview_from(document: Document) -> SeekPreview:
    """What a seek would bring."""
    return SeekPreview(**document.values(*SeekPreview.__annotations__))


def history_from(document: Document) -> list[HistoryPoint]:
    """What happened when."""
    names = tuple(HistoryPoint.__annotations__)
    return [HistoryPoint(**one.values(*names)) for one in document.parts("points")]


def batch_from(document: Document) -> EventBatch:
    """A page of the log from its representation."""
    lost = document.optional_part("resync")
    return EventBatch(
        events=tuple(document.get("events") or ()),
        position=document.integer("position"),
        place=document.get("place") or str(document.integer("position")),
        resync=Resync(first=lost.integer("from"), last=lost.integer("to")) if lost else None,
    )


def pulled_from(document: Document) -> PulledBatch:
    """A batch on lease from its representation."""
    return PulledBatch(
        events=tuple(document.get("events") or ()),
        position=document.integer("position"),
        replay=document.get("replay") or 0,
        lease=document.get("lease"),
        leased_until_ms=document.get("leased_until_ms"),
    )


def redriven_from(document: Document) -> Redriven:
    """What a redrive has done, from its answer."""
    return Redriven(redriven=document.integer("redriven"), covered=document.integer("covered"))


def _answer(document: Document) -> Answer:
    return Answer(**document.values("status", "error", "at_ms"))


_SUBSCRIPTION_STATE = (
    "client",
    "name",
    "callback",
    "state",
    "reason",
    "position",
    "sent",
    "parked",
    "dead_letters",
    "failures",
    "failing_since_ms",
    "retry_at_ms",
)
_ATTEMPT_STATE = (
    "id",
    "at_ms",
    "duration_ms",
    "attempt",
    "events",
    "first_position",
    "last_position",
    "status",
    "error",
    "meaning",
    "resend",
)
