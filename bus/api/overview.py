"""`/overview` and the page of all subscriptions: what whoever looks after the bus sees first."""

from collections.abc import Sequence
from typing import Any

import msgspec
from flask import Response, request
from service_kit.access import shown_token
from service_kit.hal import MEDIA_TYPE, link, resource, respond
from service_kit.openapi import Blueprint
from service_kit.paging import cut

from bus.api.endpoint import endpoint
from bus.api.pages import after_place, page
from bus.api.query import PAGE, Condition, Limit
from bus.api.representations import place, subscription_resource
from bus.api.schemas import ListSchema, OverviewSchema
from bus.bootstrap import Bus
from bus.delivery.lease import LAPSES_AFTER_MS
from bus.model.delivery import Overview
from bus.model.topic import TopicName

_WORST = 10


class EverySubscriptionQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which subscriptions: in a condition, that get a topic; so many, after `CLIENT/NAME`."""

    condition: Condition | None = None
    topic: TopicName | None = None
    limit: Limit = PAGE
    after: str = ""


def overview_blueprint(bus: Bus) -> Blueprint:
    """The bus at a glance."""
    blueprint = Blueprint("overview", __name__, description="The bus at a glance")

    def shown(some: Sequence[Overview]) -> list[dict[str, Any]]:
        changes = bus.auth.changes(shown_token(request))
        return [subscription_resource(one, acts=changes(one.subscription.client)) for one in some]

    @endpoint(blueprint, "GET", "/overview", answers=(200, OverviewSchema), media_type=MEDIA_TYPE)
    def overview() -> Response:
        """How many subscriptions are in each condition, and the ten that need somebody most: the
        caller's own, or everybody's for the root key."""
        viewer = bus.auth.monitor(shown_token(request))
        pushers = {log: store.leases.count_alive(LAPSES_AFTER_MS) for log, store in bus.logs}
        state: dict[str, Any] = {
            "subscriptions": bus.logs.conditions(viewer),
            "pushers": min(pushers.values()),
        }
        if len(pushers) > 1:
            state["logs"] = pushers
        links = {"self": link("/overview"), "subscriptions": link("/overview/subscriptions")}
        worst = shown(bus.logs.worst(viewer, _WORST))
        return respond(resource(state, links, {"worst": worst}))

    @endpoint(
        blueprint,
        "GET",
        "/overview/subscriptions",
        query=EverySubscriptionQuery,
        answers=(200, ListSchema),
        media_type=MEDIA_TYPE,
    )
    def subscriptions(query: EverySubscriptionQuery) -> Response:
        """The caller's subscriptions, or everybody's for the root key, by client and name; with
        `condition` only those that are `active`, `paused`, `disabled` or `failing`."""
        viewer = bus.auth.monitor(shown_token(request))
        found = bus.logs.page(
            viewer,
            after=after_place(query.after),
            limit=query.limit + 1,
            condition=query.condition,
            topic=query.topic,
        )
        some, last = cut(found, query.limit)
        return respond(
            page("subscriptions", shown(some), query, after=place(last) if last else None)
        )

    return blueprint
