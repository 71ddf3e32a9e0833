"""One decorator that routes a view and documents it."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Protocol, TypeVar

import marshmallow as ma
import msgspec
from service_kit.openapi import Blueprint

from bus.api.query import parameters, read_query, refuse_query

V = TypeVar("V", bound=Callable[..., Any])


class Endpoint(Protocol):
    """A decorator that leaves the view as it is."""

    def __call__(self, view: V, /) -> V: ...


def endpoint(
    blueprint: Blueprint,
    method: str,
    *paths: str,
    answers: tuple[int, ma.Schema | None],
    takes: dict[str, Any] | None = None,
    refuses: Sequence[int] = (),
    query: type[msgspec.Struct] | None = None,
    public: bool = False,
    media_type: str = "application/json",
) -> Endpoint:
    """Serve a view at `paths`.

    `answers` is its status and the schema of its body, `takes` the JSON Schema of the body it
    reads (documented here, checked by the bus's own rules), `refuses` the statuses of its
    problems. Its `query` is checked and handed to the view as `query`; without one any key is
    refused. A view that is not `public` needs credentials.
    """
    statuses = {400, *refuses} if public else {400, 401, *refuses}

    def decorate(view: V) -> V:
        documented: Any = blueprint.response(*answers, content_type=media_type)(
            _with_query(view, query)
        )
        for status in sorted(statuses):
            documented = blueprint.alt_response(status, description="A problem document")(
                documented
            )
        documented = blueprint.doc(**_documentation(takes, query, public))(documented)
        for path in paths:
            blueprint.route(path, methods=[method])(documented)
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


def _documentation(
    takes: dict[str, Any] | None, query: type[msgspec.Struct] | None, public: bool
) -> dict[str, Any]:
    documentation: dict[str, Any] = {"security": []} if public else {}
    if query is not None:
        documentation["parameters"] = parameters(query)
    if takes is not None:
        content = {"application/json": {"schema": takes}}
        documentation["requestBody"] = {"required": True, "content": content}
    return documentation
