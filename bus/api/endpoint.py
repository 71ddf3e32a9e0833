"""One decorator that routes a view and documents it."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import marshmallow as ma
from service_kit.openapi import Blueprint

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
    public: bool = False,
    media_type: str = "application/json",
) -> Endpoint:
    """Serve a view at `paths`.

    `answers` is its status and the schema of its body, `takes` the JSON Schema of the body it
    reads (documented here, checked by the bus's own rules), `refuses` the statuses of its
    problems. A view that is not `public` needs credentials.
    """

    def decorate(view: V) -> V:
        documented: Any = blueprint.response(*answers, content_type=media_type)(view)
        for status in refuses if public else (401, *refuses):
            documented = blueprint.alt_response(status, description="A problem document")(
                documented
            )
        documented = blueprint.doc(**_documentation(takes, public))(documented)
        for path in paths:
            blueprint.route(path, methods=[method])(documented)
        return view

    return decorate


def _documentation(takes: dict[str, Any] | None, public: bool) -> dict[str, Any]:
    documentation: dict[str, Any] = {"security": []} if public else {}
    if takes is not None:
        content = {"application/json": {"schema": takes}}
        documentation["requestBody"] = {"required": True, "content": content}
    return documentation
