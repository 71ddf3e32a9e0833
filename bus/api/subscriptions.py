"""`/subscription` and `/subscriber`: the one subscription of the calling client."""

from typing import Any

from flask import request
from service_kit.access import shown_token
from service_kit.bodies import read_json
from service_kit.openapi import Blueprint

from bus.api.documents import SECRET, SUBSCRIPTION, SecretSchema, SubscriptionSchema
from bus.api.endpoint import endpoint
from bus.deliver.signing import new_secret
from bus.parts import Parts
from bus.signing_secret import change_secret
from bus.subscribe import check_subscription
from bus.subscription import SubscriptionState
from bus.topic_name import check_topic


def subscriptions_blueprint(bus: Parts) -> Blueprint:
    """Subscribe, change the secret, unsubscribe, list."""
    blueprint = Blueprint("subscriptions", __name__, description="Where events go")

    @endpoint(
        blueprint,
        "POST",
        "/subscription",
        "/subscriber",
        takes=SUBSCRIPTION,
        answers=(204, None),
        refuses=(400, 413),
    )
    def subscribe() -> None:
        """Subscribe, or replace the subscription there was."""
        client = bus.access.subscriber(shown_token(request))
        wanted = check_subscription(read_json(request), bus.trusted_hosts)
        bus.storage.subscriptions.replace(client.id, wanted, new_secret())
        bus.storage.notify()

    @endpoint(
        blueprint,
        "POST",
        "/subscription/secret",
        takes=SECRET,
        answers=(201, SecretSchema()),
        refuses=(400, 404, 413),
    )
    def set_secret() -> dict[str, str]:
        """Change the secret that signs deliveries; the one before stays valid for a day."""
        client = bus.access.subscriber(shown_token(request))
        wanted = read_json(request) if request.content_length else {}
        secret = change_secret(bus.storage, client.id, wanted, bus.now_ms())
        bus.storage.notify()
        return {"secret": secret}

    @endpoint(blueprint, "DELETE", "/subscriber", answers=(204, None), refuses=(404,))
    def unsubscribe() -> None:
        """End the subscription."""
        client = bus.access.subscriber(shown_token(request))
        bus.storage.subscriptions.delete(client.id)
        bus.storage.notify()

    @endpoint(
        blueprint,
        "DELETE",
        "/subscriber/topics/<topic>",
        answers=(204, None),
        refuses=(400, 404),
    )
    def unsubscribe_topic(topic: str) -> None:
        """Take one topic out of the subscription."""
        client = bus.access.subscriber(shown_token(request))
        bus.storage.subscriptions.delete_topic(client.id, check_topic(topic))
        bus.storage.notify()

    @endpoint(
        blueprint,
        "GET",
        "/subscriptions",
        "/subscribers",
        answers=(200, SubscriptionSchema(many=True)),
    )
    def list_subscriptions() -> list[dict[str, Any]]:
        """Every subscription, what it got and what waits."""
        bus.access.monitor(shown_token(request))
        return [_listed(state) for state in bus.storage.overviews.listed()]

    return blueprint


def _listed(state: SubscriptionState) -> dict[str, Any]:
    backlog = {"sent": state.sent, "queued": state.queued, "oldest": state.oldest_ms}
    return {
        "subscriber": state.subscriber,
        "callback": state.callback,
        "topics": list(state.topics),
        "events": backlog,
    }
