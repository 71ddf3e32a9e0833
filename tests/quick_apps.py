"""Apps are built for nearly every test: what takes longest in that is done once for all of them.

Half of it was copying the schemas of the documentation, which nobody changes, and all that was said
of a view with each word more, and reading how each route's URL is written, which is the same for
the same route. Then each compiled its templates anew, and its SQL, as every engine keeps what it
has compiled for itself: half and an eighth of the time of a page's test.
"""

from functools import cache
from types import CodeType
from typing import Any

import flask_smorest.arguments
import flask_smorest.blueprint
import flask_smorest.response
from flask_smorest.utils import resolve_schema_instance
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from marshmallow import Schema
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

_compile = Rule.compile
_read: dict[tuple[object, ...], Rule] = {}
_code: dict[tuple[str, str], CodeType | None] = {}


class _Statements(LRUCache[Any, Any]):
    """Compiled statements, by the kind of a dialect: each engine has a dialect of its own."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((type(key[0]), *key[1:]), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__((type(key[0]), *key[1:]), value)


class _Templates(BytecodeCache):
    """By their name and text; apps whose templates have the same have the same filters, too. What
    is escaped, and where a line ends, is each environment's own and decided when it compiles."""

    def get_bucket(
        self, environment: Environment, name: str, filename: str | None, source: str
    ) -> Bucket:
        escape = environment.autoescape
        own = (
            escape(name) if callable(escape) else escape,
            environment.sandboxed,
            environment.trim_blocks,
            environment.lstrip_blocks,
            *sorted(environment.extensions),
        )
        return super().get_bucket(environment, f"{name} {own}", filename, source)

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = _code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        _code[bucket.key, bucket.checksum] = bucket.code


_statements = _Statements(capacity=5000)
_templates = _Templates()


def build_apps_quickly() -> None:
    """From now on, in this process."""
    for module in (flask_smorest.arguments, flask_smorest.blueprint, flask_smorest.response):
        module.deepcopy = _copied
    flask_smorest.response.resolve_schema_instance = _resolved
    Schema.__deepcopy__ = _itself  # type: ignore[attr-defined]
    Rule.compile = _compile_once  # type: ignore[method-assign,assignment]
    Environment.bytecode_cache = property(  # type: ignore[assignment]
        lambda _environment: _templates, lambda _environment, _its_own: None
    )
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


def _compile_once(rule: Rule) -> None:
    """Equal rules share what they were read to: what builds a URL takes the rule as its first
    argument, and what comes in is read by the kinds of converters that the app has."""
    assert rule.map is not None
    same = (
        rule.rule,
        rule.subdomain,
        rule.host,
        rule.map.host_matching,
        rule.merge_slashes,
        repr(rule.defaults),
        *map(_written_at, rule.map.converters.values()),
    )
    if same not in _read:
        _compile(rule)
        _read[same] = rule
        return
    read = _read[same]
    rule._parts, rule._trace, rule._converters = read._parts, read._trace, read._converters
    rule.arguments = read.arguments
    rule._build = read._build.__func__.__get__(rule, None)  # type: ignore[attr-defined]
    rule._build_unknown = read._build_unknown.__func__.__get__(rule, None)  # type: ignore[attr-defined]


def _written_at(kind: type) -> str:
    """The same for a class that is made anew for each app."""
    return f"{kind.__module__}.{kind.__qualname__}"
