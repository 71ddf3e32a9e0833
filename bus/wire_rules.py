"""Rules of the wire as msgspec Structs: one writing yields the check, its complaint, the schema."""

from collections.abc import Callable, Mapping, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import Meta

from bus.errors import Refused

Complaint = Callable[[Any], str | Refused]
"""What to say of a value that breaks a rule."""

Rules = Mapping[str, Callable[[Any], object]]
"""Rules that no type can say, by the key in JSON, in the order of the fields: each raises."""

_NO_RULES: Rules = {}


def complaint(words: str | Complaint, **constraints: Any) -> Meta:
    """Constraints, and what to say of a value that breaks them."""
    say = words if callable(words) else lambda _: words
    return Meta(extra={"complaint": say}, **constraints)


def check(
    kind: Any,
    value: Any,
    refused: type[Refused],
    whole: str | None = None,
    rules: Rules = _NO_RULES,
) -> Any:
    """A value as parsed from JSON, as a `kind`: a Struct, or one of its fields' types.

    Raises `refused`, or what the complaint of the field is, of the first field that breaks a rule
    in the order in which the Struct has them; `whole` is said of what isn't such an object at all.
    Of a field that has more `rules` these have the first word.
    """
    try:
        checked = msgspec.convert(value, kind)
    except (msgspec.ValidationError, UnicodeError, RecursionError):
        raise _complaint_of(kind, "", value, refused, whole, rules) from None
    for key, rule in rules.items():
        rule(value.get(key))
    return checked


def json_schema(kind: Any) -> dict[str, Any]:
    """The JSON Schema of what `check` takes."""
    schema = msgspec.json.schema(kind)
    inlined: dict[str, Any] = _inlined(schema, schema.pop("$defs", {}))
    return inlined


def number_complaint(name: str, least: int, most: int) -> str:
    """What is said of anything else than a whole number in a range."""
    return f"{name} is not a whole number from {least} to {most}"


def _complaint_of(
    kind: Any,
    name: str,
    value: Any,
    refused: type[Refused],
    whole: str | None = None,
    rules: Rules = _NO_RULES,
) -> Refused:
    inner, metas = _unwrapped(kind)
    is_whole_wrong = _unknown_keys(inner, value) or _is_too_long(metas, value)
    broken = None if is_whole_wrong else _first_broken(inner, name, value, rules)
    if broken is not None:
        return _complaint_of(*broken, refused)
    said = whole or _words(inner, metas, name, value)
    return said if isinstance(said, Refused) else refused(said)


def _first_broken(kind: Any, name: str, value: Any, rules: Rules) -> tuple[Any, str, Any] | None:
    """The first part of an object or array that breaks its own rule: type, name, value."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict):
        for field in msgspec.structs.fields(kind):
            found = value.get(field.encode_name)
            is_there = field.encode_name in value
            if field.encode_name in rules:
                rules[field.encode_name](found)
            if (is_there and not _fits(field.type, found)) or (field.required and not is_there):
                return field.type, field.encode_name, found
    elif get_origin(kind) is list and isinstance(value, list):
        (item,) = get_args(kind)
        if get_origin(item) is Annotated:  # else the array's own complaint says it
            return next(((item, name, each) for each in value if not _fits(item, each)), None)
    return None


def _is_too_long(metas: Sequence[Meta], value: Any) -> bool:
    """Whether an array is longer than it may be: then its items are not looked at."""
    most = min((meta.max_length for meta in metas if meta.max_length is not None), default=None)
    return most is not None and isinstance(value, list) and len(value) > most


def _unknown_keys(kind: Any, value: Any) -> set[str]:
    is_struct = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    if not (is_struct and isinstance(value, dict) and kind.__struct_config__.forbid_unknown_fields):
        return set()
    return set(value) - {field.encode_name for field in msgspec.structs.fields(kind)}


def _words(kind: Any, metas: Sequence[Meta], name: str, value: Any) -> str | Refused:
    for meta in metas:
        if meta.extra and "complaint" in meta.extra:
            said: str | Refused = meta.extra["complaint"](value)
            return said
        if meta.ge is not None and meta.le is not None:
            return number_complaint(name, int(meta.ge), int(meta.le))
    unknown = _unknown_keys(kind, value)
    return f"unknown key {min(unknown)[:64]!r}" if unknown else "not an object"


def _fits(kind: Any, value: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except (msgspec.ValidationError, UnicodeError, RecursionError):
        return False
    return True


def _unwrapped(kind: Any) -> tuple[Any, Sequence[Meta]]:
    """A type without null and its annotations, and those."""
    if get_origin(kind) in {Union, UnionType}:
        wanted = [one for one in get_args(kind) if one not in {NoneType, msgspec.UnsetType}]
        return _unwrapped(wanted[0]) if len(wanted) == 1 else (kind, ())
    if get_origin(kind) is Annotated:
        inner, *metas = get_args(kind)
        return inner, metas
    return kind, ()


def _inlined(node: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(one, definitions) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        node = definitions[node["$ref"].rpartition("/")[2]] | node
    kept = {key: one for key, one in node.items() if key not in {"$ref", "title"}}
    return {key: _in_schema(key, one, definitions) for key, one in kept.items()}


def _in_schema(key: str, value: Any, definitions: dict[str, Any]) -> Any:
    if key == "pattern":
        return value.replace(r"\Z", "$")
    is_text = key == "description" and isinstance(value, str)  # else a field of that name
    return " ".join(value.split()) if is_text else _inlined(value, definitions)
