"""Apps are built for nearly every test: what costs most of that is left until somebody needs it.

Three quarters of building one was copying the schemas of its documentation, which nobody changes,
and compiling how each route's URL is written, which few tests ask for.
"""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema
from werkzeug.routing import Rule

_compile_builder = Rule._compile_builder


def build_apps_quickly() -> None:
    """From now on, in this process."""
    Schema.__deepcopy__ = _itself  # type: ignore[attr-defined]
    Rule._compile_builder = _compile_when_called  # type: ignore[method-assign,assignment]


def _itself(schema: Schema, _memo: dict[int, Any]) -> Schema:
    return schema


def _compile_when_called(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
    compiled: list[Callable[..., Any]] = []

    def build(*positional: Any, **named: Any) -> Any:
        if not compiled:
            compiled.append(_compile_builder(rule, append_unknown))
        return compiled[0](*positional, **named)

    return build
