"""`/api_tokens`: who may talk to the bus; for the root key."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import msgspec
from flask import Response, request
from service_kit.access import shown_token
from service_kit.bodies import read_json
from service_kit.hal import MEDIA_TYPE
from service_kit.openapi import Blueprint
from service_kit.tokens import digest, new_token

from bus.api.acting import acting
from bus.api.endpoint import endpoint
from bus.api.pages import array_or_page, cut_array, one_more
from bus.api.query import Limit, Number
from bus.api.schemas import NewTokenSchema, TokenSchema
from bus.bootstrap import Bus
from bus.errors import BadClient
from bus.model.client import ClientName, NewToken, is_token_id
from bus.model.token_scope import USUAL_SCOPES
from bus.wire_rules import check


class TokensQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which tokens: of one client, after an id, so many."""

    client: ClientName | None = None
    limit: Limit | None = None
    after: Number = 0


def tokens_blueprint(bus: Bus) -> Blueprint:
    """List, create and delete tokens."""
    blueprint = Blueprint("tokens", __name__, description="Who may talk to the bus")

    @endpoint(
        blueprint,
        "GET",
        "/api_tokens",
        query=TokensQuery,
        answers=(200, TokenSchema(many=True)),
        or_answers={204: None},
    )
    def list_tokens(query: TokensQuery) -> Any:
        """Every token, by its id and without itself, in the order in which they were made; 204
        when there is none. With `limit` a page, whose next one is in the header `Link`."""
        bus.auth.admin(shown_token(request))
        found = bus.storage.clients.tokens(
            client=query.client, after=query.after, limit=one_more(query.limit)
        )
        shown, last = cut_array(found, query.limit)
        rows = [asdict(one) for one in shown]
        listed = array_or_page("tokens", rows, _path, query, after=last.id if last else None)
        return listed if rows or listed.mimetype == MEDIA_TYPE else Response(status=204)

    @endpoint(
        blueprint,
        "POST",
        "/api_tokens",
        takes=NewToken,
        answers=(201, NewTokenSchema),
        refuses=(413,),
    )
    def create_token() -> dict[str, Any]:
        """A token for the client of this name, made or chosen by `token`; it is shown in this
        answer and never again.

        Without `scopes` it is good for publishing, subscribing and monitoring. A chosen one that
        is known gets these scopes.
        """
        bus.auth.admin(shown_token(request))
        wanted, token = _wanted(read_json(request))
        if bus.auth.is_root_key(token):
            raise BadClient("this token is not for clients")
        scopes = USUAL_SCOPES if wanted.scopes is None else frozenset(wanted.scopes)
        with acting(bus, "token.create", wanted.name, scopes=sorted(scopes)):
            made = bus.storage.clients.add_token(wanted.name, digest(token), scopes)
        return asdict(made) | {"token": token}

    @endpoint(blueprint, "DELETE", "/api_tokens/<token>", answers=(204, None), refuses=(404,))
    def delete_token(token: str) -> None:
        """Revoke a token, by its id or by itself."""
        bus.auth.admin(shown_token(request))
        known = bus.storage.clients.token(int(token) if is_token_id(token) else digest(token))
        with acting(bus, "token.revoke", known.name, on=f"/api_tokens/{known.id}"):
            bus.storage.clients.remove_token(known.id)
        bus.auth.forget()

    return blueprint


def _path(row: Mapping[str, Any]) -> str:
    return f"/api_tokens/{row['id']}"


def _wanted(body: Any) -> tuple[NewToken, str]:
    wanted: NewToken = check(NewToken, body, BadClient, "the body is an object with a name")
    return wanted, wanted.token or new_token()
