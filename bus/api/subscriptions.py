"""`/clients/{client}/subscriptions`: subscriptions with all that they can, as resources."""

import msgspec
from flask import Response, request
from service_kit.bodies import read_json
from service_kit.hal import MEDIA_TYPE, link, respond
from service_kit.openapi import Blueprint
from service_kit.paging import cut

from bus.api.acting import acting
from bus.api.endpoint import Endpoint, endpoint
from bus.api.ownership import (
    may_change,
    owned,
    owned_in_log,
    owned_pushed,
    owner_id,
    told_about,
)
from bus.api.pages import page
from bus.api.query import Condition, Limit
from bus.api.representations import subscription_resource
from bus.api.schemas import ListSchema, SecretSchema, SubscriptionResourceSchema
from bus.api.standing import standing
from bus.bootstrap import Bus
from bus.model.paths import collection_path
from bus.model.topic import TopicName
from bus.storage.subscriptions import MAX_OF_A_CLIENT
from bus.subscriptions import every_log, lifecycle
from bus.subscriptions.validation import (
    NewSecret,
    SubscriptionResource,
    check_new_secret,
    check_subscription_name,
    check_subscription_resource,
)

_LIST = "/clients/<client>/subscriptions"
_ONE = f"{_LIST}/<name>"
_SHOWN = (200, SubscriptionResourceSchema)


class SubscriptionsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which subscriptions: in a condition, that get a topic; so many, after a name."""

    condition: Condition | None = None
    topic: TopicName | None = None
    limit: Limit = MAX_OF_A_CLIENT
    after: str = ""


def subscription_resources_blueprint(bus: Bus) -> Blueprint:
    """List, put, show and delete subscriptions."""
    blueprint = Blueprint("subscription resources", __name__, description="Where events go")

    @endpoint(
        blueprint,
        "GET",
        _LIST,
        query=SubscriptionsQuery,
        answers=(200, ListSchema),
        refuses=(403, 404),
        media_type=MEDIA_TYPE,
    )
    def list_subscriptions(client: str, query: SubscriptionsQuery) -> Response:
        """A client's subscriptions, by name."""
        owner_id(bus, client)
        found = bus.logs.page(
            client,
            condition=query.condition,
            topic=query.topic,
            after=(client, query.after),
            limit=query.limit + 1,
        )
        shown, last = cut(found, query.limit)
        acts = may_change(bus, client)
        items = [subscription_resource(one, acts=acts) for one in shown]
        listed = page("subscriptions", items, query, after=last.subscription.name if last else None)
        one_link = link(f"{collection_path(client)}/{{name}}", templated=True)
        listed["_links"]["subscription"] = one_link
        return respond(listed)

    @endpoint(
        blueprint,
        "PUT",
        _ONE,
        takes=SubscriptionResource,
        answers=_SHOWN,
        or_answers={201: SubscriptionResourceSchema},
        refuses=(400, 403, 404, 413),
        media_type=MEDIA_TYPE,
    )
    def put_subscription(client: str, name: str) -> Response:
        """Subscribe (201, with the signing secret), or change the subscription (200). Without
        `callback` and `uuid` it is pulled, and has no secret to show.

        Without a `secret` a new subscription gets one, and a known one keeps its own; its `uuid`
        too, while the callback stays on its host.
        """
        client_id = owner_id(bus, client)
        check_subscription_name(name)
        wanted = check_subscription_resource(read_json(request), bus.trusted_hosts)
        about = told_about(bus, client, name)
        with acting(bus, "subscription.put", client, topics=wanted.request.topics):
            secret = every_log.put(bus.logs, client_id, name, wanted, bus.now_ms(), about=about)
        told = secret if wanted.request.callback else None
        shown = standing(bus, owned(bus, client, name), told)
        if secret is None:
            return respond(shown)
        return respond(shown, 201, {"Location": shown["_links"]["self"]["href"]})

    @endpoint(
        blueprint, "GET", _ONE, answers=_SHOWN, refuses=(400, 403, 404), media_type=MEDIA_TYPE
    )
    def show_subscription(client: str, name: str) -> Response:
        """A subscription: settings, place, lag, health, last answer; where there are several logs,
        in all together, and in each. `NAME@LOG` is how it stands in one of them."""
        ours = owned_in_log(bus, client, name)
        return respond(standing(bus, ours, acts=may_change(bus, client)))

    @endpoint(blueprint, "DELETE", _ONE, answers=(204, None), refuses=(400, 403, 404))
    def delete_subscription(client: str, name: str) -> None:
        """End a subscription, with its parked events and dead letters."""
        ours = owned(bus, client, name)
        with acting(bus, "subscription.delete", client):
            every_log.delete(bus.logs, ours.client_id, name)

    return blueprint


def subscription_actions_blueprint(bus: Bus) -> Blueprint:
    """Pause, resume, test, and change the secret."""
    blueprint = Blueprint("subscription actions", __name__, description="What is done to them")

    def action(name: str) -> Endpoint:
        return endpoint(
            blueprint,
            "POST",
            f"{_ONE}/{name}",
            answers=_SHOWN,
            refuses=(400, 403, 404),
            media_type=MEDIA_TYPE,
        )

    def shown(client: str, name: str) -> Response:
        return respond(standing(bus, owned(bus, client, name)))

    @action("pause")
    def pause(client: str, name: str) -> Response:
        """Send nothing more until it is resumed. May be repeated."""
        ours = owned(bus, client, name)
        with acting(bus, "subscription.pause", client, on=ours.path):
            bus.storage.subscriptions.pause(ours.id)
        return shown(client, name)

    @action("resume")
    def resume(client: str, name: str) -> Response:
        """Send again, at once, after a pause, after it was disabled, or in a back-off."""
        ours = owned(bus, client, name)
        with acting(bus, "subscription.resume", client, on=ours.path):
            every_log.resume(bus.logs, ours.id)
        return shown(client, name)

    @action("test")
    def test(client: str, name: str) -> Response:
        """Have a test event sent, once, whatever the state is; see the attempts for its answer."""
        ours = owned_pushed(bus, client, name)
        with acting(bus, "subscription.test", client, on=ours.path):
            bus.storage.subscriptions.want_test(ours.id)
        return shown(client, name)

    @endpoint(
        blueprint,
        "POST",
        f"{_ONE}/secret",
        takes=NewSecret,
        answers=(201, SecretSchema),
        refuses=(400, 403, 404, 413),
    )
    def set_secret(client: str, name: str) -> dict[str, str]:
        """Change the secret that signs deliveries; the one before stays valid for a day."""
        ours = owned_pushed(bus, client, name)
        wanted = read_json(request, empty={})
        given, now_ms = check_new_secret(wanted), bus.now_ms()
        with acting(bus, "subscription.secret", client, on=ours.path):
            secret = lifecycle.change_secret(bus.storage, ours.client_id, given, now_ms, name)
        return {"secret": secret}

    return blueprint
