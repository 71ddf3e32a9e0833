"""`GET /`: where everything else is found from."""

from flask import Response, request
from service_kit.access import shown_token
from service_kit.hal import MEDIA_TYPE, link, resource, respond
from service_kit.openapi import Blueprint

from bus.api.endpoint import endpoint
from bus.api.hal_documents import ListSchema, RootSchema
from bus.api.representations import collection_path
from bus.parts import Parts


def root_blueprint(bus: Parts) -> Blueprint:
    """The root document, and the clients for the root key."""
    blueprint = Blueprint("root", __name__, description="Where everything is found from")

    @endpoint(blueprint, "GET", "/", answers=(200, RootSchema()), media_type=MEDIA_TYPE)
    def root() -> Response:
        """Links to what the caller may use."""
        token = shown_token(request)
        is_admin = bus.access.is_admin(token)
        mine = None if is_admin else collection_path(bus.access.client(token).name)
        templated = f"{mine}/{{name}}" if mine else f"{collection_path('{client}')}/{{name}}"
        links = {
            "self": link("/"),
            "topics": link("/topics"),
            "publish": None if is_admin else link("/topics/{topic}", templated=True),
            "clients": link("/clients") if is_admin else None,
            "subscriptions": link(mine) if mine else None,
            "subscription": link(templated.replace("%7B", "{").replace("%7D", "}"), templated=True),
            "service-desc": link("/openapi.json"),
        }
        return respond(resource({}, links))

    @endpoint(blueprint, "GET", "/clients", answers=(200, ListSchema()), media_type=MEDIA_TYPE)
    def clients() -> Response:
        """The clients that have subscriptions; for the root key."""
        bus.access.admin(shown_token(request))
        items = [
            resource({"name": name}, {"subscriptions": link(collection_path(name))})
            for name in bus.storage.overviews.clients()
        ]
        return respond(resource({}, {"self": link("/clients")}, {"clients": items}))

    return blueprint
