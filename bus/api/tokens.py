"""`/api_tokens`: who may talk to the bus; for the root key."""

from typing import Any

from flask import Response
from service_kit.openapi import Blueprint

from bus.access import check_client_name, digest, new_token
from bus.api.documents import NEW_CLIENT, ClientSchema, NewTokenSchema, refuses, takes
from bus.api.parts import body, parts, require_root
from bus.errors import BadClient

tokens = Blueprint("tokens", __name__, description="Who may talk to the bus")


@tokens.get("/api_tokens")
@tokens.response(200, ClientSchema(many=True))
@tokens.alt_response(204, description="There is no token")
@refuses(tokens, 401)
def list_tokens() -> Any:
    """The name of every client that has a token, once for each token."""
    require_root()
    names = parts().storage.clients.names()
    return [{"name": name} for name in names] if names else Response(status=204)


@tokens.post("/api_tokens")
@takes(tokens, NEW_CLIENT)
@tokens.response(201, NewTokenSchema)
@refuses(tokens, 400, 401, 413)
def create_token() -> Any:
    """A token for the client of this name; it is shown in this answer and never again."""
    require_root()
    wanted = body()
    if not isinstance(wanted, dict):
        raise BadClient("the body is an object with a name")
    name, token = check_client_name(wanted.get("name")), new_token()
    parts().storage.clients.add_token(name, digest(token))
    return {"name": name, "token": token}


@tokens.delete("/api_tokens/<token>")
@tokens.response(204)
@refuses(tokens, 401)
def delete_token(token: str) -> None:
    """Forget a token. May be repeated."""
    require_root()
    bus = parts()
    bus.storage.clients.remove_token(digest(token))
    bus.storage.ring()
