"""How subscriptions and what belongs to them look over HTTP."""

import json
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from service_kit.hal import Link, link, resource

from bus.diagnosis.answers import meaning
from bus.diagnosis.condition import condition
from bus.diagnosis.diagnose import Diagnosis
from bus.model.delivery import Attempt, DeadLetter, LastAnswer, Overview, Parked
from bus.model.event import LogEvent
from bus.model.paths import collection_path, subscription_path
from bus.model.subscription import SeekPreview, State


def place(one: Overview) -> str:
    """Where a subscription is in a list of all, for the next page to begin after."""
    return f"{one.subscription.client}/{one.subscription.name}"


def subscription_resource(
    one: Overview, secret: str | None = None, *, acts: bool = True, log: str | None = None
) -> dict[str, Any]:
    """A subscription with what can be done to it now, by a caller who `acts` or only looks; the
    whole, or as it stands in one log."""
    ours, health = one.subscription, one.health
    state = {
        "client": ours.client,
        "name": ours.name,
        "topics": [
            topic_filter.pattern for topic_filter in ours.filters if topic_filter.until is None
        ],
        "callback": ours.callback or None,
        "timeout": ours.timeout_ms,
        "max": ours.max_events,
        "concurrency": ours.concurrency,
        "coalesce": bool(ours.coalesce),
        "format": ours.format.value,
        "events_per_s": ours.events_per_s,
        "retry": asdict(ours.retry),
        "state": ours.state.value,
        "reason": ours.reason,
        "condition": condition(one),
        "changed_at_ms": ours.state_since_ms,
        "position": one.cursor.position,
        "lag": asdict(one.lag),
        "sent": one.sent,
        "parked": one.parked,
        "dead_letters": one.dead_letters,
        "failures": health.failures,
        "failing_since_ms": health.failing_since_ms,
        "retry_at_ms": health.retry_at_ms or None,
        "last_answer": one.answer and _answer(one.answer),
    }
    if log is not None:
        state["log"] = log
    links = _links(one, acts, log)
    return resource(state if secret is None else state | {"secret": secret}, links)


def parked_resource(one: Parked) -> dict[str, Any]:
    """An entity that is tried apart."""
    return {
        "url": one.url,
        "events": one.events,
        "failures": one.failures,
        "retry_at_ms": one.retry_at_ms,
        "last_answer": _answer(one.answer),
    }


def preview_resource(one: SeekPreview, path: str, to: str) -> dict[str, Any]:
    """What a seek would bring."""
    state = {
        "position": one.position,
        "events": one.events,
        "lost": one.lost,
        "oldest": one.oldest and _event(one.oldest),
        "newest": one.newest and _event(one.newest),
    }
    here = f"{path}/seek"
    links = {"self": link(f"{here}?{urlencode({'to': to})}"), "seek": link(here)}
    return resource(state, links)


def letter_resource(
    one: DeadLetter, path: str, *, acts: bool, whole: bool = False
) -> dict[str, Any]:
    """A dead letter, for who `acts` or only looks; `whole` with how the last answer began."""
    ours = f"{path}/dead-letters/{one.id}"
    state = {
        "id": one.id,
        "event": _event(one.event),
        "attempts": one.attempts,
        "last_answer": _answer(one.answer),
    }
    if whole:
        state["meaning"] = _meaning(one.answer.status, one.answer.error)
        state["answer_body"] = _text(one.answer_body)
    redrive = link(f"{ours}/redrive") if acts else None
    return resource(state, {"self": link(ours), "redrive": redrive})


def attempt_resource(one: Attempt, path: str, *, acts: bool, whole: bool = False) -> dict[str, Any]:
    """An attempt, for who `acts` or only looks; `whole` with heads and bodies."""
    state: dict[str, Any] = {
        "id": one.id,
        "at_ms": one.at_ms,
        "duration_ms": one.duration_ms,
        "attempt": one.attempt,
        "events": one.events,
        "first_position": one.first_position,
        "last_position": one.last_position,
        "status": one.status,
        "error": one.error,
        "meaning": _meaning(one.status, one.error),
        "resend": one.resend,
        "timings": {
            "connect_ms": one.connect_ms,
            "first_byte_ms": one.first_byte_ms,
            "total_ms": one.total_ms,
        },
    }
    if whole:
        state |= {
            "request": {"head": one.request_head, "body": _text(one.request_body)},
            "response": {"head": one.response_head, "body": _text(one.response_body)},
        }
    here = f"{path}/attempts/{one.id}"
    again = link(f"{here}/resend") if acts and one.positions is not None else None
    return resource(state, {"self": link(here), "resend": again})


def _links(one: Overview, acts: bool, log: str | None) -> dict[str, Link | None]:
    ours = one.subscription
    whole = subscription_path(ours.client, ours.name)
    path = subscription_path(ours.client, ours.name, log)
    looks = {
        "self": link(path),
        "whole": None if log is None else link(whole),
        "collection": link(collection_path(ours.client)),
        "seek": link(f"{path}/seek"),
        "diagnosis": link(f"{path}/diagnosis"),
        "attempts": link(f"{path}/attempts"),
        "parked": link(f"{path}/parked"),
        "dead-letters": link(f"{path}/dead-letters"),
    }
    if not acts:
        return looks
    return looks | _actions(one, path) | (_actions_of_whole(one, path) if log is None else {})


def _actions_of_whole(one: Overview, path: str) -> dict[str, Link | None]:
    ours = one.subscription
    is_active = ours.state is State.ACTIVE
    return {
        "edit": link(path),
        "pause": link(f"{path}/pause") if is_active else None,
        "resume": None if is_active and not one.health.failures else link(f"{path}/resume"),
        "test": None if ours.is_pulled else link(f"{path}/test"),
        "secret": None if ours.is_pulled else link(f"{path}/secret"),
    }


def _actions(one: Overview, path: str) -> dict[str, Link | None]:
    """What can be done in one log; of the whole it is done at home."""
    ours = one.subscription
    return {
        "events": link(f"{path}/events") if ours.is_pulled else None,
        "ack": link(f"{path}/ack") if ours.is_pulled else None,
        "retry": link(f"{path}/parked/retry") if one.parked else None,
        "redrive": link(f"{path}/dead-letters/redrive") if one.dead_letters else None,
    }


def diagnosis_resource(
    found: Diagnosis, subscription: dict[str, Any], attempts: list[dict[str, Any]], path: str
) -> dict[str, Any]:
    """Why a subscription gets nothing, with the documents of what was looked at."""
    state = {
        "level": found.level.value,
        "summary": found.summary,
        "condition": subscription["condition"],
        "since_ms": found.since_ms,
        "findings": [asdict(one) for one in found.findings],
    }
    links = {"self": link(f"{path}/diagnosis"), "subscription": link(path)}
    return resource(state, links, {"subscription": subscription, "attempts": attempts})


def _meaning(status: int | None, error: str | None) -> dict[str, str | None] | None:
    means = meaning(status, error)
    return None if means is None else means._asdict()


def _answer(answer: LastAnswer) -> dict[str, Any]:
    return asdict(answer)


def _event(event: LogEvent) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(event.body)
    return told


def _text(body: bytes) -> str:
    return bytes(body).decode("utf-8", "replace").replace("\0", "\ufffd")
