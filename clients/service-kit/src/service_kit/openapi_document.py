"""What an OpenAPI document says beside what its views do: pure, on the document as JSON has it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Document = dict[str, Any]
Names = Mapping[tuple[str, str], str]
"""What the code calls an operation, by its method in small letters and its path."""

_METHODS = frozenset({"get", "put", "post", "delete", "patch", "options", "head", "trace"})
_REFERRED_TO = ("headers", "responses", "schemas")
_EVERYWHERE = {"408": "REQUEST_TIMEOUT", "503": "SERVICE_UNAVAILABLE"}
_RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds until it may be tried again",
        "schema": {"type": "integer", "minimum": 0},
    }
}


def completed(document: Document, names: Names) -> Document:
    """The document with a name for each operation, what any of them may be answered, and without
    the parts that none refers to."""
    _name_operations(document, names)
    for _, _, operation in _operations(document):
        for status, name in _EVERYWHERE.items():
            answer = {"$ref": f"#/components/responses/{name}"}
            operation["responses"].setdefault(status, answer)
    document["components"]["responses"]["SERVICE_UNAVAILABLE"]["headers"] = _RETRY_AFTER
    while _drop_unused(document):
        pass
    return document


def _drop_unused(document: Document) -> bool:
    """Whether there were any; others may be unused only now."""
    used = set(_references(document))
    unused = [
        (kind, name)
        for kind in _REFERRED_TO
        for name in document["components"].get(kind, {})
        if f"#/components/{kind}/{name}" not in used
    ]
    for kind, name in unused:
        del document["components"][kind][name]
    return bool(unused)


def _name_operations(document: Document, names: Names) -> None:
    """A name that several have is told apart by the path, whatever others there are."""
    wanted = [
        (names.get((method, path), method), path, operation)
        for method, path, operation in _operations(document)
    ]
    often = [name for name, _, _ in wanted]
    for name, path, operation in wanted:
        is_alone = often.count(name) == 1
        operation.setdefault("operationId", name if is_alone else f"{name}_at_{_slug(path)}")


def _slug(path: str) -> str:
    fixed = re.sub(r"\{[^}]*\}", "", path.lower())
    return "_".join(re.findall(r"[a-z0-9]+", fixed)) or "root"


def _operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method in _METHODS:
                yield method, path, operation


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(found := node.get("$ref"), str):
            yield found
        for one in node.values():
            yield from _references(one)
    elif isinstance(node, list):
        for one in node:
            yield from _references(one)
