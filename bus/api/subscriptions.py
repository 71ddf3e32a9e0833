"""`/subscription` and `/subscriber`: the one subscription of the calling client."""

from typing import Any

from service_kit.openapi import Blueprint

from bus.api.documents import (
    SECRET,
    SUBSCRIPTION,
    SecretSchema,
    SubscriptionSchema,
    refuses,
    takes,
)
from bus.api.parts import body, calling_client, parts, require_anybody
from bus.deliver.signing import new_secret
from bus.model import SubscriptionState
from bus.signing_secret import change_secret
from bus.subscribe import check_subscription
from bus.topic_name import check_topic

subscriptions = Blueprint("subscriptions", __name__, description="Where events go")


@subscriptions.post("/subscription")
@subscriptions.post("/subscriber")
@takes(subscriptions, SUBSCRIPTION)
@subscriptions.response(204)
@refuses(subscriptions, 400, 401, 413)
def subscribe() -> None:
    """Subscribe, or replace the subscription there was."""
    client = calling_client()
    bus = parts()
    wanted = check_subscription(body(), bus.trusted_hosts)
    bus.storage.subscriptions.replace(client.id, wanted, new_secret())
    bus.storage.ring()


@subscriptions.post("/subscription/secret")
@takes(subscriptions, SECRET)
@subscriptions.response(201, SecretSchema)
@refuses(subscriptions, 400, 401, 404, 413)
def set_secret() -> Any:
    """Change the secret that signs deliveries; the one before stays valid for a day."""
    client = calling_client()
    bus = parts()
    secret = change_secret(bus.storage, client.id, body(), bus.now_ms())
    bus.storage.ring()
    return {"secret": secret}


@subscriptions.delete("/subscriber")
@subscriptions.response(204)
@refuses(subscriptions, 401, 404)
def unsubscribe() -> None:
    """End the subscription."""
    client = calling_client()
    parts().storage.subscriptions.delete(client.id)


@subscriptions.delete("/subscriber/topics/<topic>")
@subscriptions.response(204)
@refuses(subscriptions, 400, 401, 404)
def unsubscribe_topic(topic: str) -> None:
    """Take one topic out of the subscription."""
    client = calling_client()
    parts().storage.subscriptions.delete_topic(client.id, check_topic(topic))


@subscriptions.get("/subscriptions")
@subscriptions.get("/subscribers")
@subscriptions.response(200, SubscriptionSchema(many=True))
@refuses(subscriptions, 401)
def list_subscriptions() -> Any:
    """Every subscription, what it got and what waits."""
    require_anybody()
    return [_listed(state) for state in parts().storage.subscriptions.all()]


def _listed(state: SubscriptionState) -> dict[str, Any]:
    backlog = {"sent": state.sent, "queued": state.queued, "oldest": state.oldest_ms}
    return {
        "subscriber": state.subscriber,
        "callback": state.callback,
        "topics": list(state.topics),
        "events": backlog,
    }
