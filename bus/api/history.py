"""`GET /history`: what was published and delivered over time."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Annotated, NamedTuple

import msgspec
from flask import Response, request
from service_kit.access import shown_token
from service_kit.hal import MEDIA_TYPE, link, resource, respond
from service_kit.openapi import Blueprint

from bus.api.endpoint import endpoint
from bus.api.ownership import in_log
from bus.api.pages import after_place
from bus.api.schemas import HistorySchema
from bus.bootstrap import Bus
from bus.errors import NotYours
from bus.model.delivery import Overview
from bus.model.history import Span, added
from bus.model.topic_filter import EVERY_TOPIC
from bus.wire_rules import complaint


class HistoryQuery(msgspec.Struct, forbid_unknown_fields=True):
    """How far back, and of which subscription (`CLIENT/NAME`; `CLIENT/NAME@LOG` in one log); of
    all, without."""

    span: Annotated[Span, complaint(f"span is none of {', '.join(Span)}")] = Span.HOUR
    subscription: str | None = None


class _Meant(NamedTuple):
    """The subscriptions and the topics (None: all) whose counts are shown, and in which logs."""

    subscriptions: Collection[int] | None
    topics: Collection[str] | None
    logs: Sequence[str]


def history_blueprint(bus: Bus) -> Blueprint:
    """What happened when."""
    blueprint = Blueprint("history", __name__, description="What happened when")

    @endpoint(
        blueprint,
        "GET",
        "/history",
        query=HistoryQuery,
        answers=(200, HistorySchema),
        refuses=(403, 404),
        media_type=MEDIA_TYPE,
    )
    def history(query: HistoryQuery) -> Response:
        """Points over the last hour, day or week: of the caller's own topics and subscriptions, of
        everybody's for the root key, or of one subscription and the topics that it gets whole.

        `published` and `delivered` count events, `failed` attempts; `lag` is the age of the oldest
        event that waited, in ms, at its worst.
        """
        viewer = bus.auth.monitor(shown_token(request))
        meant, now_ms = _meant(bus, viewer, query.subscription), bus.now_ms()
        points = added(
            bus.logs.store(log).history.points(
                query.span, now_ms, subscriptions=meant.subscriptions, topics=meant.topics
            )
            for log in meant.logs
        )
        state = {
            "span": query.span.value,
            "step_ms": query.span.step_ms,
            "points": [asdict(one) for one in points],
        }
        return respond(resource(state, {"self": link(request.full_path.rstrip("?"))}))

    return blueprint


def _meant(bus: Bus, viewer: str | None, place: str | None) -> _Meant:
    if place is not None:
        client, at = after_place(place)
        if viewer not in {None, client}:
            raise NotYours("it belongs to another client")
        name, log = in_log(at)
        one = bus.storage.overviews.one(client, name)
        return _Meant([one.subscription.id], _got_whole(one), [log] if log else bus.logs.names)
    if viewer is None:
        return _Meant(None, None, bus.logs.names)
    ours = [one.subscription.id for one in bus.storage.overviews.page(viewer)]
    theirs = {one.name for one in bus.storage.topics.all(publisher=viewer)}
    return _Meant(ours, theirs, bus.logs.names)


def _got_whole(one: Overview) -> set[str] | None:
    """The topics that a subscription gets every event of; None: all of them."""
    filters = [each for each in one.subscription.filters if each.type is None and not each.until]
    topics = {each.topic for each in filters}
    return None if EVERY_TOPIC in topics else topics
