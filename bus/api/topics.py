"""`/topics`: who publishes what, and what it is about."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import msgspec
from flask import Response, request
from service_kit.access import shown_token
from service_kit.bodies import read_json
from service_kit.hal import MEDIA_TYPE, link, resource, respond
from service_kit.openapi import Blueprint

from bus.api.acting import acting
from bus.api.endpoint import endpoint
from bus.api.pages import array_or_page, cut_array, one_more
from bus.api.query import Limit
from bus.api.topic_schemas import TopicResourceSchema, TopicSchema
from bus.bootstrap import Bus
from bus.catalogue.examples import examples_of
from bus.catalogue.fields import fields_of
from bus.model.client import ClientName
from bus.model.history import Span
from bus.model.topic import TopicAbout, TopicName, check_about, check_topic, seen_by

_HAL_ONLY = ("description",)


class TopicsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which topics: of one publisher; so many, after a name."""

    publisher: ClientName | None = None
    limit: Limit | None = None
    after: TopicName | None = None


def topics_blueprint(bus: Bus) -> Blueprint:
    """`GET /topics`, and `GET`, `PUT` and `DELETE /topics/{topic}`."""
    blueprint = Blueprint("topics", __name__, description="Who publishes what")

    @endpoint(blueprint, "GET", "/topics", query=TopicsQuery, answers=(200, TopicSchema(many=True)))
    def list_topics(query: TopicsQuery) -> Response:
        """Every topic, its publisher, and how many events it ever had: of others' topics in whole
        thousands, but for the root key. With `limit` a page, whose next one is in the header
        `Link`."""
        viewer = bus.auth.monitor(shown_token(request))
        listed = bus.storage.topics.all(
            publisher=query.publisher, after=query.after or "", limit=one_more(query.limit)
        )
        found = bus.logs.counted(listed)
        shown, last = cut_array(found, query.limit)
        rows = [asdict(seen_by(viewer, topic)) for topic in shown]
        after = last.name if last else None
        return array_or_page("topics", rows, _path, query, hal_only=_HAL_ONLY, after=after)

    @endpoint(
        blueprint,
        "GET",
        "/topics/<topic>",
        answers=(200, TopicResourceSchema),
        refuses=(404,),
        media_type=MEDIA_TYPE,
    )
    def show_topic(topic: str) -> Response:
        """A topic: its publisher, how many events it ever had and a second in the last hour (null
        for others' topics), what it is about, the schema of `data` as it is and as rows, and what
        an event looks like."""
        token = shown_token(request)
        viewer = bus.auth.monitor(token)
        listed, about = bus.storage.topics.one(check_topic(topic))
        (found,) = bus.logs.counted([listed])
        is_ours = viewer in {None, found.publisher}
        state = asdict(seen_by(viewer, found)) | {
            "events_per_s": _rate(bus, topic) if is_ours else None,
            "description": about.description,
            **({"log": bus.logs.of_topic(topic)} if bus.logs.others else {}),
            "schema": about.schema,
            "fields": [asdict(one) for one in fields_of(about.schema)] if about.schema else None,
            "examples": examples_of(topic, about.schema or None, bus.max_data_bytes),
        }
        path = _path(state)
        links = {
            "self": link(path),
            "collection": link("/topics"),
            "asyncapi": link(f"/asyncapi.json?topic={topic}"),
            "events": link(f"/events?topics={topic}") if bus.auth.reads(token) else None,
        }
        return respond(resource(state, links))

    @endpoint(
        blueprint,
        "PUT",
        "/topics/<topic>",
        takes=TopicAbout,
        answers=(204, None),
        refuses=(403, 413, 422),
    )
    def claim_topic(topic: str) -> None:
        """Own a topic, maybe before anything is published to it, and say what it is about. What the
        body lacks stays as it is; it may be empty. May be repeated."""
        client = bus.auth.publisher(shown_token(request), topic)
        about = check_about(read_json(request, empty={}))
        check_topic(topic)
        with acting(bus, "topic.put", client.name, **_told(about)):
            bus.logs.claim([topic], client.id, about)

    @endpoint(blueprint, "DELETE", "/topics/<topic>", answers=(204, None), refuses=(400, 403, 404))
    def delete_topic(topic: str) -> None:
        """Let go of a topic. What was published is still delivered; anybody may claim the name."""
        client = bus.auth.publisher(shown_token(request), topic)
        check_topic(topic)
        with acting(bus, "topic.delete", client.name):
            bus.storage.topics.delete(topic, client.id)

    return blueprint


def _path(row: Mapping[str, Any]) -> str:
    return f"/topics/{row['name']}"


def _rate(bus: Bus, topic: str) -> float:
    store = bus.logs.store(bus.logs.of_topic(topic))
    points = store.history.points(Span.HOUR, bus.now_ms(), subscriptions=(), topics={topic})
    length_s = len(points) * Span.HOUR.step_ms / 1000
    return round(sum(one.published for one in points) / length_s, 3)


def _told(about: TopicAbout) -> dict[str, Any]:
    changed = [
        name for name, value in msgspec.structs.asdict(about).items() if value is not msgspec.UNSET
    ]
    return {"changed": changed} if changed else {}
