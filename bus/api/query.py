"""What a call asks for in its query: known keys only, each once, each as it must be."""

import types
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec
from flask import request
from msgspec import Meta

from bus.errors import BadQuery
from bus.wire_rules import check, complaint, json_schema

PAGE = 50
MAX_PAGE = 1_000
Number = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Limit = Annotated[int, Meta(ge=1, le=MAX_PAGE)]
Condition = Annotated[
    Literal["active", "paused", "disabled", "failing"],
    complaint("condition is none of active, paused, disabled, failing"),
]
"""The state of a subscription, or that it is active and its endpoint fails."""
Q = TypeVar("Q", bound=msgspec.Struct)


class NoQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Nothing."""


class PageQuery(msgspec.Struct, forbid_unknown_fields=True):
    """A page: so many, after a number."""

    limit: Limit = PAGE
    after: Number = 0


def read_query(kind: type[Q]) -> Q:
    """The query of this request as a Struct. Raises as `checked_query`."""
    return checked_query(kind, request.args.lists())


def checked_query(kind: type[Q], query: Iterable[tuple[str, Sequence[str]]]) -> Q:
    """A query, each key with all its values, as a Struct. Raises BadQuery for an unknown key, a
    repeated one, or a value that breaks its rule."""
    asked: dict[str, Any] = {}
    numbers = _numbers(kind)
    for key, values in query:
        if len(values) > 1:
            raise BadQuery(f"{key[:64]!r} is there more than once")
        asked[key] = _number(values[0]) if key in numbers else values[0]
    found: Q = check(kind, asked, BadQuery)
    return found


def refuse_query() -> None:
    """Raises BadQuery when there is a query, where none says anything."""
    read_query(NoQuery)


@cache
def parameters(kind: type[msgspec.Struct]) -> list[dict[str, Any]]:
    """What OpenAPI says of the query."""
    schema = json_schema(kind)
    required = schema.get("required", ())
    return [
        {"in": "query", "name": name, "required": name in required, "schema": each}
        for name, each in schema.get("properties", {}).items()
    ]


@cache
def _numbers(kind: type[msgspec.Struct]) -> frozenset[str]:
    fields = msgspec.structs.fields(kind)
    return frozenset(field.encode_name for field in fields if _is_number(field.type))


def _is_number(kind: Any) -> bool:
    if get_origin(kind) is Annotated:
        return _is_number(get_args(kind)[0])
    if get_origin(kind) in {Union, types.UnionType}:
        return any(map(_is_number, get_args(kind)))
    return kind is int


def _number(text: str) -> int | str:
    """The number, or the text, which its rule will refuse."""
    is_number = text.isascii() and text.isdigit() and len(text) <= 18
    return int(text) if is_number else text
