"""`/subscription` and `/subscriber`: the one subscription of the calling client."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import msgspec
from flask import Response, request
from service_kit.access import shown_token
from service_kit.bodies import read_json
from service_kit.openapi import Blueprint
from service_kit.webhooks import new_secret

from bus.api.endpoint import endpoint
from bus.api.pages import after_place, array, array_or_page, cut_array, one_more
from bus.api.query import Condition, Limit
from bus.api.representations import place
from bus.api.schemas import SecretSchema, SubscriptionSchema, TopicSchema
from bus.bootstrap import Bus
from bus.errors import NotYours
from bus.model.client import ClientName
from bus.model.subscription import ListedSubscription
from bus.model.topic import TopicName, check_topic, seen_by
from bus.storage.overview import as_listed
from bus.subscriptions.lifecycle import change_secret
from bus.subscriptions.validation import (
    NewSecret,
    RoutemasterSubscription,
    check_new_secret,
    check_subscription,
)
from bus.wire_rules import json_schema


class SubscribersQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which subscriptions: of one client, in a condition, that get a topic; so many, after
    `CLIENT/NAME`."""

    client: ClientName | None = None
    condition: Condition | None = None
    topic: TopicName | None = None
    limit: Limit | None = None
    after: str = ""


class TopicsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which topics: of one publisher; so many, after a name."""

    publisher: ClientName | None = None
    limit: Limit | None = None
    after: TopicName | None = None


def subscriptions_blueprint(bus: Bus) -> Blueprint:
    """Subscribe, change the secret, unsubscribe, list."""
    blueprint = Blueprint("subscriptions", __name__, description="Where events go")

    @endpoint(
        blueprint,
        "POST",
        "/subscription",
        "/subscriber",
        takes=json_schema(RoutemasterSubscription),
        answers=(204, None),
        refuses=(400, 413),
    )
    def subscribe() -> None:
        """Subscribe, or replace the subscription there was."""
        token = shown_token(request)
        client = bus.auth.subscriber(token)
        asked = check_subscription(read_json(request), bus.trusted_hosts)
        wanted = replace(asked, about=bus.auth.about(token, client.name))
        bus.storage.subscriptions.replace(client.id, wanted, new_secret())

    @endpoint(
        blueprint,
        "POST",
        "/subscription/secret",
        takes=json_schema(NewSecret),
        answers=(201, SecretSchema()),
        refuses=(400, 404, 413),
    )
    def set_secret() -> dict[str, str]:
        """Change the secret that signs deliveries; the one before stays valid for a day."""
        client = bus.auth.subscriber(shown_token(request))
        wanted = read_json(request, empty={})
        secret = change_secret(bus.storage, client.id, check_new_secret(wanted), bus.now_ms())
        return {"secret": secret}

    @endpoint(blueprint, "DELETE", "/subscriber", answers=(204, None), refuses=(404,))
    def unsubscribe() -> None:
        """End the subscription."""
        client = bus.auth.subscriber(shown_token(request))
        bus.storage.subscriptions.delete(client.id)

    @endpoint(
        blueprint,
        "DELETE",
        "/subscriber/topics/<topic>",
        answers=(204, None),
        refuses=(400, 404),
    )
    def unsubscribe_topic(topic: str) -> None:
        """Take one topic out of the subscription."""
        client = bus.auth.subscriber(shown_token(request))
        bus.storage.subscriptions.delete_topic(client.id, check_topic(topic))

    @endpoint(
        blueprint,
        "GET",
        "/subscriptions",
        "/subscribers",
        query=SubscribersQuery,
        answers=(200, SubscriptionSchema(many=True)),
    )
    def list_subscriptions(query: SubscribersQuery) -> Response:
        """The caller's subscriptions, or everybody's for the root key: what each got and what
        waits. With `limit` a page, whose next one is in the header `Link`."""
        viewer = bus.auth.monitor(shown_token(request))
        if viewer is not None and query.client not in {None, viewer}:
            raise NotYours("it belongs to another client")
        found = bus.storage.overviews.page(
            viewer or query.client,
            condition=query.condition,
            topic=query.topic,
            after=after_place(query.after),
            limit=one_more(query.limit),
        )
        shown, last = cut_array(found, query.limit)
        return array(
            [_listed(as_listed(one)) for one in shown], after=place(last) if last else None
        )

    return blueprint


def _listed(state: ListedSubscription) -> dict[str, Any]:
    backlog = {"sent": state.sent, "queued": state.queued, "oldest": state.oldest_ms}
    return {
        "subscriber": state.subscriber,
        "callback": state.callback or None,
        "uuid": None,  # it is the password of the deliveries
        "max_events": state.max_events,
        "timeout": state.timeout_ms,
        "topics": list(state.topics),
        "events": backlog,
    }


def _topic_path(row: Mapping[str, Any]) -> str:
    return f"/topics/{row['name']}"


def topics_blueprint(bus: Bus) -> Blueprint:
    """`GET /topics`, and `PUT` and `DELETE /topics/{topic}`."""
    blueprint = Blueprint("topics", __name__, description="Who publishes what")

    @endpoint(blueprint, "GET", "/topics", query=TopicsQuery, answers=(200, TopicSchema(many=True)))
    def list_topics(query: TopicsQuery) -> Response:
        """Every topic, its publisher, and how many events it ever had: of others' topics in whole
        thousands, but for the root key. With `limit` a page, whose next one is in the header
        `Link`."""
        viewer = bus.auth.monitor(shown_token(request))
        found = bus.storage.topics.all(
            publisher=query.publisher, after=query.after or "", limit=one_more(query.limit)
        )
        shown, last = cut_array(found, query.limit)
        rows = [asdict(seen_by(viewer, topic)) for topic in shown]
        return array_or_page("topics", rows, _topic_path, query, after=last.name if last else None)

    @endpoint(blueprint, "PUT", "/topics/<topic>", answers=(204, None), refuses=(400, 403))
    def claim_topic(topic: str) -> None:
        """Own a topic before anything is published to it. May be repeated."""
        client = bus.auth.publisher(shown_token(request), topic)
        bus.storage.topics.claim([check_topic(topic)], client.id)

    @endpoint(blueprint, "DELETE", "/topics/<topic>", answers=(204, None), refuses=(400, 403, 404))
    def delete_topic(topic: str) -> None:
        """Let go of a topic. What was published is still delivered; anybody may claim the name."""
        client = bus.auth.publisher(shown_token(request), topic)
        bus.storage.topics.delete(check_topic(topic), client.id)

    return blueprint
