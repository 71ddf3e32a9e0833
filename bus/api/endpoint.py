"""One decorator that routes a view and documents it."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

import marshmallow as ma
import msgspec
from service_kit.openapi import Blueprint

from bus.api.query import parameters, read_query, refuse_query
from bus.wire_rules import json_schema

V = TypeVar("V", bound=Callable[..., Any])
Answer = ma.Schema | type[ma.Schema] | None

_NO_OTHERS: Mapping[int, Answer] = MappingProxyType({})
_MEANINGS = {201: "Made now", 204: "There is none"}


class Endpoint(Protocol):
    """A decorator that leaves the view as it is."""

    def __call__(self, view: V, /) -> V: ...


def endpoint(
    blueprint: Blueprint,
    method: str,
    *paths: str,
    answers: tuple[int, Answer],
    or_answers: Mapping[int, Answer] = _NO_OTHERS,
    takes: Any = None,
    refuses: Sequence[int] = (),
    query: type[msgspec.Struct] | None = None,
    public: bool = False,
    media_type: str = "application/json",
) -> Endpoint:
    """Serve a view at `paths`.

    `answers` is its status and the schema of its body, and `or_answers` are others; `takes` is the
    kind of body it reads (documented here, checked by the bus's own rules), `refuses` the statuses
    of its problems. Its `query` is checked and handed to the view as `query`; without
    one any key is refused. A view that is not `public` needs credentials.
    """
    statuses = {400, *refuses} if public else {400, 401, 403, *refuses}

    def described(view: Any) -> Any:
        for status, schema in or_answers.items():
            view = blueprint.alt_response(
                status, schema=schema, description=_MEANINGS[status], content_type=media_type
            )(view)
        for status in sorted(statuses):
            view = blueprint.alt_response(status, HTTPStatus(status).name)(view)
        return blueprint.doc(**_documentation(takes, query, public))(view)

    def decorate(view: V) -> V:
        served = blueprint.response(*answers, content_type=media_type)(_with_query(view, query))
        blueprint.describe(served, described)
        for path in paths:
            blueprint.route(path, methods=[method])(served)
        return view

    return decorate


def _with_query(view: Callable[..., Any], query: type[msgspec.Struct] | None) -> Any:
    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if query is None:
            refuse_query()
            return view(*args, **kwargs)
        return view(*args, **kwargs, query=read_query(query))

    return checked


def _documentation(takes: Any, query: type[msgspec.Struct] | None, public: bool) -> dict[str, Any]:
    documentation: dict[str, Any] = {"security": []} if public else {}
    if query is not None:
        documentation["parameters"] = parameters(query)
    if takes is not None:
        content = {"application/json": {"schema": json_schema(takes)}}
        documentation["requestBody"] = {"required": True, "content": content}
    return documentation
