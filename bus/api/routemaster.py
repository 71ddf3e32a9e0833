"""`/subscription` and `/subscriber`: the one subscription of the calling client."""

from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import msgspec
from flask import Response, request
from service_kit.access import shown_token
from service_kit.bodies import read_json
from service_kit.openapi import Blueprint
from service_kit.webhooks import new_secret

from bus.api.acting import acting
from bus.api.endpoint import endpoint
from bus.api.pages import after_place, array, cut_array, one_more
from bus.api.query import Condition, Limit
from bus.api.representations import place
from bus.api.schemas import SecretSchema, SubscriptionSchema
from bus.bootstrap import Bus
from bus.errors import NotYours
from bus.model.audit import ActName
from bus.model.client import Client, ClientName
from bus.model.paths import subscription_path
from bus.model.subscription import DEFAULT_NAME, ListedSubscription
from bus.model.topic import TopicName, check_topic
from bus.storage.overview import as_listed
from bus.subscriptions import every_log, lifecycle
from bus.subscriptions.validation import (
    NewSecret,
    RoutemasterSubscription,
    check_new_secret,
    check_subscription,
)


class SubscribersQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which subscriptions: of one client, in a condition, that get a topic; so many, after
    `CLIENT/NAME`."""

    client: ClientName | None = None
    condition: Condition | None = None
    topic: TopicName | None = None
    limit: Limit | None = None
    after: str = ""


def subscriptions_blueprint(bus: Bus) -> Blueprint:
    """Subscribe, change the secret, unsubscribe, list."""
    blueprint = Blueprint("subscriptions", __name__, description="Where events go")

    @endpoint(
        blueprint,
        "POST",
        "/subscription",
        "/subscriber",
        takes=RoutemasterSubscription,
        answers=(204, None),
        refuses=(400, 413),
    )
    def subscribe() -> None:
        """Subscribe, or replace the subscription there was."""
        token = shown_token(request)
        client = bus.auth.subscriber(token)
        asked = check_subscription(read_json(request), bus.trusted_hosts)
        wanted = replace(asked, about=bus.auth.about(token, client.name))
        with _acting(bus, "subscription.put", client, topics=wanted.topics):
            every_log.replace(bus.logs, client.id, wanted, new_secret())

    @endpoint(
        blueprint,
        "POST",
        "/subscription/secret",
        takes=NewSecret,
        answers=(201, SecretSchema),
        refuses=(400, 404, 413),
    )
    def set_secret() -> dict[str, str]:
        """Change the secret that signs deliveries; the one before stays valid for a day."""
        client = bus.auth.subscriber(shown_token(request))
        wanted = check_new_secret(read_json(request, empty={}))
        with _acting(bus, "subscription.secret", client):
            secret = lifecycle.change_secret(bus.storage, client.id, wanted, bus.now_ms())
        return {"secret": secret}

    @endpoint(blueprint, "DELETE", "/subscriber", answers=(204, None), refuses=(404,))
    def unsubscribe() -> None:
        """End the subscription."""
        client = bus.auth.subscriber(shown_token(request))
        with _acting(bus, "subscription.delete", client):
            every_log.delete(bus.logs, client.id)

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
        check_topic(topic)
        with _acting(bus, "subscription.put", client, without=topic):
            bus.storage.subscriptions.delete_topic(client.id, topic)

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
        found = bus.logs.page(
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


def _acting(bus: Bus, act: ActName, client: Client, **details: Any) -> AbstractContextManager[None]:
    on = subscription_path(client.name, DEFAULT_NAME)
    return acting(bus, act, client.name, on=on, **details)


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
