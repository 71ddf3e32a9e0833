"""`GET /`: where everything else is found from."""

import msgspec
from flask import Response, request
from service_kit.access import shown_token
from service_kit.hal import MEDIA_TYPE, Link, link, resource, respond
from service_kit.openapi import Blueprint
from service_kit.paging import cut

from bus.api.endpoint import endpoint
from bus.api.pages import page
from bus.api.query import MAX_PAGE, Limit
from bus.api.schemas import ListSchema, RootSchema
from bus.bootstrap import Bus
from bus.model.paths import collection_path
from bus.model.token_scope import TokenScope, is_good_for

_SUBSCRIPTION = "/clients/{client}/subscriptions/{name}"


class ClientsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """So many clients, after a name."""

    limit: Limit = MAX_PAGE
    after: str = ""


def root_blueprint(bus: Bus) -> Blueprint:
    """The root document, and the clients for the root key."""
    blueprint = Blueprint("root", __name__, description="Where everything is found from")

    @endpoint(blueprint, "GET", "/", answers=(200, RootSchema), media_type=MEDIA_TYPE)
    def root() -> Response:
        """Links to what the caller may use."""
        token = shown_token(request)
        links = {
            "self": link("/"),
            "service-desc": link("/openapi.json"),
            "asyncapi": link("/asyncapi.json{?topic,limit,after}", templated=True),
        }
        if bus.auth.is_admin(token):
            return respond(resource({}, links | _for_monitor() | _for_admin() | _for_reader()))
        client = bus.auth.client(token)
        if any(one.partition(":")[0] == TokenScope.PUBLISH for one in client.scopes):
            links["publish"] = link("/topics/{topic}", templated=True)
        if TokenScope.SUBSCRIBE in client.scopes:
            mine = collection_path(client.name)
            links["subscriptions"] = link(mine)
            links["subscription"] = link(f"{mine}/{{name}}", templated=True)
            links |= _for_reader()
        if is_good_for(TokenScope.MONITOR, client.scopes):
            links |= _for_monitor()
        if TokenScope.MONITOR_ALL in client.scopes:
            links["subscription"] = link(_SUBSCRIPTION, templated=True)
        return respond(resource({}, links))

    @endpoint(
        blueprint,
        "GET",
        "/clients",
        query=ClientsQuery,
        answers=(200, ListSchema),
        media_type=MEDIA_TYPE,
    )
    def clients(query: ClientsQuery) -> Response:
        """The clients that have subscriptions, by name; for the root key."""
        bus.auth.admin(shown_token(request))
        found = bus.storage.overviews.clients(query.after, query.limit + 1)
        shown, last = cut(found, query.limit)
        items = [
            resource({"name": name}, {"subscriptions": link(collection_path(name))})
            for name in shown
        ]
        return respond(page("clients", items, query, after=last))

    return blueprint


def _for_monitor() -> dict[str, Link]:
    return {
        "topics": link("/topics"),
        "subscribers": link("/subscriptions"),
        "pulse": link("/pulse"),
        "scaling": link("/pulse/scaling"),
        "metrics": link("/metrics"),
        "overview": link("/overview"),
        "audit": link("/audit{?client,act,since_ms,limit,before}", templated=True),
        "topic": link("/topics/{topic}", templated=True),
        "history": link("/history{?span,subscription}", templated=True),
        "console": link("/console/"),
    }


def _for_reader() -> dict[str, Link]:
    return {"events": link("/events{?topics,after,limit,wait}", templated=True)}


def _for_admin() -> dict[str, Link]:
    return {
        "tokens": link("/api_tokens"),
        "clients": link("/clients"),
        "subscription": link(_SUBSCRIPTION, templated=True),
    }
