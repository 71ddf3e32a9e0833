"""Apps are built for nearly every test: what takes longest in that is done once for all of them.

Half of it was copying the schemas of the documentation, which nobody changes, and all that was said
of a view with each word more, and compiling how each route's URL is written, which is the same for
the same route. Then each compiled its SQL anew,
as every engine keeps what it has compiled for itself: an eighth of the time of a page's test.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import flask_smorest.arguments
import flask_smorest.blueprint
import flask_smorest.response
from flask_smorest.utils import resolve_schema_instance
from marshmallow import Schema
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

_compile = Rule._compile_builder
_compiled: dict[tuple[object, ...], Callable[..., Any]] = {}


class _Statements(LRUCache[Any, Any]):
    """Compiled statements, by the kind of a dialect: each engine has a dialect of its own."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((type(key[0]), *key[1:]), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__((type(key[0]), *key[1:]), value)


_statements = _Statements(capacity=5000)


def build_apps_quickly() -> None:
    """From now on, in this process."""
    for module in (flask_smorest.arguments, flask_smorest.blueprint, flask_smorest.response):
        module.deepcopy = _copied
    flask_smorest.response.resolve_schema_instance = _resolved
    Schema.__deepcopy__ = _itself  # type: ignore[attr-defined]
    Rule._compile_builder = _compile_once  # type: ignore[method-assign,assignment]
    Engine._compiled_cache = property(  # type: ignore[assignment]
        lambda _engine: _statements, lambda _engine, _its_own: None
    )


def _copied(value: Any) -> Any:
    """What is said of views: nothing in it is changed but dicts and lists."""
    if type(value) is dict:
        return {name: _copied(one) for name, one in value.items()}
    if type(value) is list:
        return [_copied(one) for one in value]
    return value


def _resolved(schema: Any) -> Any:
    """One instance a class is enough: nobody changes it."""
    return _instance(schema) if isinstance(schema, type) else resolve_schema_instance(schema)


_instance = cache(resolve_schema_instance)


def _itself(schema: Schema, _memo: dict[int, Any]) -> Schema:
    return schema


def _compile_once(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
    """What it compiles to takes the rule as its first argument, so equal ones may share it."""
    same = (tuple(rule._trace), repr(rule.defaults), append_unknown)
    if same not in _compiled:
        _compiled[same] = _compile(rule, append_unknown)
    return _compiled[same]
