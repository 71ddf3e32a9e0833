"""Pages of lists: as HAL, and as the bare arrays that routemaster's clients expect, which are whole
without `limit` and have the next page in the header `Link` (RFC 8288), unless HAL is asked for."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec
from flask import Response, jsonify, request
from service_kit.hal import MEDIA_TYPE, link, page_resource, resource, respond
from service_kit.paging import cut

T = TypeVar("T")


def page(
    name: str, items: Sequence[Any], query: msgspec.Struct, **following: int | str | None
) -> dict[str, Any]:
    """A page of the list that was asked for; `following` is what the next page begins with, such
    as `after=12` (None: there is no next page). Its links ask for what `query` asked."""
    asked = {
        key: value
        for key, value in msgspec.to_builtins(query).items()
        if key not in following and key in request.args
    }
    here = f"{request.path}?{urlencode(asked)}" if asked else request.path
    return page_resource(name, items, here, **following)


def one_more(limit: int | None) -> int | None:
    """How many rows to look for, to know whether there are more; None: all."""
    return None if limit is None else limit + 1


def cut_array(found: Sequence[T], limit: int | None) -> tuple[Sequence[T], T | None]:
    """What is shown of one row more than that, and the row that a next page begins after."""
    return (found, None) if limit is None else cut(found, limit)


def after_place(text: str) -> tuple[str, str]:
    """The client and the name in `CLIENT/NAME`, which a page of all subscriptions begins after."""
    client, _, name = text.partition("/")
    return client, name


def array(rows: Sequence[Any], **following: int | str | None) -> Response:
    """The array; `following` is what the next page begins with, such as `after=12`."""
    return link_to_next(jsonify(rows), **following)


def link_to_next(response: Response, **following: int | str | None) -> Response:
    """The response, with a link to the next page of this request's where there is one."""
    more = {key: str(value) for key, value in following.items() if value is not None}
    if more:
        query = urlencode(request.args.to_dict() | more)
        response.headers["Link"] = f'<{request.script_root}{request.path}?{query}>; rel="next"'
    return response


def array_or_page(
    name: str,
    rows: Sequence[Mapping[str, Any]],
    at: Callable[[Mapping[str, Any]], str],
    query: msgspec.Struct,
    *,
    hal_only: Sequence[str] = (),
    **following: int | str | None,
) -> Response:
    """The array; for who asks for HAL the page, of resources that are each found `at` an
    address, and have what is `hal_only` too: routemaster's clients don't know it."""
    if request.accept_mimetypes.best_match(("application/json", MEDIA_TYPE)) != MEDIA_TYPE:
        return array([_without(row, hal_only) for row in rows], **following)
    items = [resource(row, {"self": link(at(row))}) for row in rows]
    return respond(page(name, items, query, **following))


def _without(row: Mapping[str, Any], names: Sequence[str]) -> Mapping[str, Any]:
    return {name: value for name, value in row.items() if name not in names}
