"""`/api_tokens`: who may talk to the bus; for the root key."""

from typing import Any

from flask import Response, request
from service_kit.access import shown_token
from service_kit.bodies import read_json
from service_kit.openapi import Blueprint
from service_kit.tokens import digest, new_token

from bus.api.endpoint import endpoint
from bus.api.schemas import ClientSchema, NewTokenSchema
from bus.bootstrap import Bus
from bus.errors import BadClient
from bus.model.client import NewToken
from bus.model.token_scope import USUAL_SCOPES
from bus.wire_rules import check, json_schema


def tokens_blueprint(bus: Bus) -> Blueprint:
    """List, create and delete tokens."""
    blueprint = Blueprint("tokens", __name__, description="Who may talk to the bus")

    @endpoint(blueprint, "GET", "/api_tokens", answers=(200, ClientSchema(many=True)))
    def list_tokens() -> Any:
        """The name of every client that has a token, once a token; 204 when there is none."""
        bus.auth.admin(shown_token(request))
        names = bus.storage.clients.names()
        return [{"name": name} for name in names] if names else Response(status=204)

    @endpoint(
        blueprint,
        "POST",
        "/api_tokens",
        takes=json_schema(NewToken),
        answers=(201, NewTokenSchema()),
        refuses=(400, 413),
    )
    def create_token() -> dict[str, str]:
        """A token for the client of this name; it is shown in this answer and never again.

        Without `scopes` it is good for publishing, subscribing and monitoring.
        """
        bus.auth.admin(shown_token(request))
        (name, scopes), token = _wanted(read_json(request)), new_token()
        bus.storage.clients.add_token(name, digest(token), scopes)
        return {"name": name, "token": token}

    @endpoint(blueprint, "DELETE", "/api_tokens/<token>", answers=(204, None))
    def delete_token(token: str) -> None:
        """Forget a token. May be repeated."""
        bus.auth.admin(shown_token(request))
        bus.storage.clients.remove_token(digest(token))
        bus.auth.forget()

    return blueprint


def _wanted(body: Any) -> tuple[str, frozenset[str]]:
    wanted: NewToken = check(NewToken, body, BadClient, "the body is an object with a name")
    return wanted.name, USUAL_SCOPES if wanted.scopes is None else frozenset(wanted.scopes)
