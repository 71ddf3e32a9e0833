"""The JSON Schema of a topic's `data`: bounded when it is set, compiled to judge events by it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from bus.errors import BadSchema

MAX_BYTES = 16 * 1024
MAX_DEPTH = 32
MAX_PARTS = 10_000
MAX_PATTERNS = 20
DIALECTS = {
    "https://json-schema.org/draft/2020-12/schema": "Draft202012Validator",
    "http://json-schema.org/draft-07/schema": "Draft7Validator",
}
_USUAL = "https://json-schema.org/draft/2020-12/schema"
_PATTERN_BYTES = 256 * 1024
_NOT_BELOW = frozenset({"$id", "$schema"})
_NEVER = frozenset({"$dynamicRef", "$recursiveRef"})
_SAID_AT_MOST = 300


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The place of the first event that a schema refuses, where in its `data` (JSON Pointer, RFC
    6901), and why."""

    index: int
    pointer: str
    reason: str


class DataSchema:
    """A schema that was compiled; may judge in any number of threads."""

    def __init__(self, text: str) -> None:
        """Raises BadSchema for one that would not be set either."""
        self.digest = digest_of(text)
        self._validator = _compiled(json.loads(text))
        self._nothing = self._reason_against(None)

    def takes(self, value: Any) -> bool:
        """Whether `data`, as parsed from JSON, is as the schema says; None where there is none."""
        return self._reason_against(value) is None

    def mismatch(self, texts: Iterable[str | None]) -> Mismatch | None:
        """The first `data`, as JSON text, that isn't as the schema says. None stands for an event
        without, which is judged as null."""
        for index, text in enumerate(texts):
            why = self._nothing if text is None else self._reason_against(json.loads(text))
            if why is not None:
                return Mismatch(index, *why)
        return None

    def _reason_against(self, value: Any) -> tuple[str, str] | None:
        """Where it is wrong and why; None where it isn't."""
        try:
            error = next(self._validator.iter_errors(value), None)
        except ValueError:  # nested deeper than the validator goes
            return "", "it is nested too deeply"
        if error is None:
            return None
        return _pointer(error.instance_path), error.message[:_SAID_AT_MOST]


def text_of(schema: Mapping[str, Any]) -> str:
    """As it is stored."""
    return json.dumps(schema)


def digest_of(text: str) -> str:
    """What tells one schema from another."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def check_schema(schema: dict[str, Any]) -> None:
    """Raises BadSchema unless events can be judged by it, at a price that is known before.

    | what                            | rule                                                      |
    |---------------------------------|-----------------------------------------------------------|
    | `$schema`, at the top only      | missing (2020-12), 2020-12 or draft-07                    |
    | size, as JSON                   | 16 KiB                                                    |
    | depth, `$ref` followed          | 32, so none leads back to where it is                     |
    | parts, `$ref` followed          | 10 000                                                    |
    | patterns, `$ref` followed       | 20, without look-around and back references               |
    | `$ref`                          | `#/…`: nothing is fetched, by us or by who reads it       |
    """
    _check_size(schema)
    _Walk(schema).visit(schema, 0)
    _compiled(schema)


def followed(schema: Mapping[str, Any], ref: str) -> Any:
    """What a `$ref` of a schema leads to. Raises BadSchema unless it is in there."""
    if not ref.startswith("#/"):
        raise BadSchema(f"$ref {ref[:64]!r} does not begin with #/: nothing is fetched for it")
    node: Any = schema
    try:
        for escaped in unquote(ref[2:]).split("/"):
            word = escaped.replace("~1", "/").replace("~0", "~")
            node = node[int(word)] if isinstance(node, list) else node[word]
    except (KeyError, IndexError, ValueError, TypeError):
        raise BadSchema(f"$ref {ref[:64]!r} leads nowhere") from None
    return node


def _check_size(schema: dict[str, Any]) -> None:
    try:
        text = json.dumps(schema, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        size = len(text.encode())
    except (ValueError, RecursionError):
        raise BadSchema("schema can't be written as JSON") from None
    if size > MAX_BYTES:
        raise BadSchema(f"schema is larger than {MAX_BYTES} bytes")


def _compiled(schema: dict[str, Any]) -> Any:
    import jsonschema_rs  # 8 MiB: not for a process that has no schema

    dialect = schema.get("$schema", _USUAL)
    validator = DIALECTS.get(dialect.rstrip("#")) if isinstance(dialect, str) else None
    if validator is None:
        raise BadSchema("$schema is neither JSON Schema 2020-12 nor draft-07")
    # An engine that takes time in proportion to the text, whatever the pattern.
    linear = jsonschema_rs.RegexOptions(_PATTERN_BYTES, _PATTERN_BYTES)
    make = getattr(jsonschema_rs, validator)
    try:
        return make(schema, pattern_options=linear, offline=True)
    except (jsonschema_rs.ReferencingError, ValueError) as error:
        said = getattr(error, "message", None) or str(error)
        where = "".join(f"/{part}" for part in getattr(error, "instance_path", ()))
        raise BadSchema(f"schema{where}: {said[:_SAID_AT_MOST]}") from None


class _Walk:
    """Looks at all that a schema holds, following `$ref`. Whatever has the form of a keyword is
    taken for one, in `enum` and `default` too: who reads the schema may do so."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema
        self._parts = MAX_PARTS
        self._patterns = MAX_PATTERNS

    def visit(self, node: Any, depth: int) -> None:
        """Raises BadSchema."""
        self._parts -= 1
        if self._parts < 0:
            raise BadSchema(f"schema has more than {MAX_PARTS} parts, when $ref is followed")
        if depth > MAX_DEPTH:
            raise BadSchema(f"schema is nested deeper than {MAX_DEPTH}, or leads back to itself")
        for part in self._parts_of(node, depth):
            self.visit(part, depth + 1)

    def _parts_of(self, node: Any, depth: int) -> Iterator[Any]:
        if isinstance(node, list):
            yield from node
        elif isinstance(node, dict):
            for keyword, value in node.items():
                self._look_at(keyword, value, depth)
                yield value
                if keyword == "$ref" and isinstance(value, str):
                    yield followed(self._schema, value)

    def _look_at(self, keyword: str, value: Any, depth: int) -> None:
        if isinstance(value, str) and (keyword in _NEVER or (depth and keyword in _NOT_BELOW)):
            raise BadSchema(f"{keyword} is not taken" + (" below the top" if depth else ""))
        if keyword == "pattern" and isinstance(value, str):
            self._patterns -= 1
        if keyword == "patternProperties" and isinstance(value, dict):
            self._patterns -= len(value)
        if self._patterns < 0:
            raise BadSchema(f"schema has more than {MAX_PATTERNS} patterns, when $ref is followed")


def _pointer(path: Iterable[str | int]) -> str:
    words = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return "".join(f"/{word}" for word in words)
