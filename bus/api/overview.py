"""`/overview` and the page of all subscriptions: what whoever looks after the bus sees first."""

from flask import Response, request
from service_kit.access import shown_token
from service_kit.hal import MEDIA_TYPE, link, page_resource, resource, respond
from service_kit.openapi import Blueprint
from service_kit.paging import cut
from service_kit.problems import Problem

from bus.api.endpoint import endpoint
from bus.api.representations import subscription_resource
from bus.api.schemas import ListSchema, OverviewSchema
from bus.bootstrap import Bus
from bus.delivery.lease import LAPSES_AFTER_MS
from bus.storage.overview import CONDITIONS

_WORST = 10
_PAGE = 50


def overview_blueprint(bus: Bus) -> Blueprint:
    """The bus at a glance."""
    blueprint = Blueprint("overview", __name__, description="The bus at a glance")

    @endpoint(blueprint, "GET", "/overview", answers=(200, OverviewSchema()), media_type=MEDIA_TYPE)
    def overview() -> Response:
        """How many subscriptions are in each condition, and the ten that need somebody most: the
        caller's own, or everybody's for the root key."""
        viewer = bus.auth.monitor(shown_token(request))
        state = {
            "subscriptions": bus.storage.overviews.conditions(viewer),
            "pushers": sum(
                one.age_ms < LAPSES_AFTER_MS for one in bus.storage.leases.alive().values()
            ),
        }
        links = {"self": link("/overview"), "subscriptions": link("/overview/subscriptions")}
        worst = [subscription_resource(one) for one in bus.storage.overviews.worst(viewer, _WORST)]
        return respond(resource(state, links, {"worst": worst}))

    @endpoint(
        blueprint,
        "GET",
        "/overview/subscriptions",
        answers=(200, ListSchema()),
        refuses=(400,),
        media_type=MEDIA_TYPE,
    )
    def subscriptions() -> Response:
        """The caller's subscriptions, or everybody's for the root key, by client and name; with
        `condition` only those that are `active`, `paused`, `disabled` or `failing`."""
        viewer = bus.auth.monitor(shown_token(request))
        condition, after = _condition(), _after()
        found = bus.storage.overviews.page(viewer, after, _PAGE + 1, condition)
        shown, last = cut(found, _PAGE)
        items = [subscription_resource(one) for one in shown]
        here = "/overview/subscriptions" + (f"?condition={condition}" if condition else "")
        following = f"{last.subscription.client}/{last.subscription.name}" if last else None
        return respond(page_resource("subscriptions", items, here, after=following))

    return blueprint


def _condition() -> str | None:
    asked = request.args.get("condition")
    if asked is not None and asked not in CONDITIONS:
        raise Problem(400, "No such condition", detail=f"There are {', '.join(CONDITIONS)}.")
    return asked


def _after() -> tuple[str, str]:
    client, _, name = request.args.get("after", "").partition("/")
    return client, name
