"""The bus's OpenAPI document as text for people: a section a path, a list a call."""

import logging
import tempfile
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from service_kit.schema import migrate

from bus.app import create_app
from bus.config import Config

_METHODS = ("get", "put", "post", "delete")


def calls() -> Iterator[str]:
    """MyST, line by line."""
    document = _document()
    for path, item in document["paths"].items():
        yield f"## `{path}`"
        for method in _METHODS:
            if method in item:
                yield from _call(method, item.get("parameters", []), item[method])


def _document() -> dict[str, Any]:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder, 'bus.sqlite3')}"
        migrate("bus", url)
        app = create_app(Config(database_url=url, root_key="only-for-the-document"))
        document: dict[str, Any] = app.test_client().get("/openapi.json").get_json()
    return document


def _call(method: str, shared: list[Any], operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"**{method.upper()}** {operation.get('summary', '')}"
    yield ""
    if text := operation.get("description"):
        yield from (text, "")
    given = [*shared, *operation.get("parameters", [])]
    yield from (_parameter(one) for one in given if one.get("in") not in {None, "path"})
    if content := operation.get("requestBody", {}).get("content"):
        yield f"- takes {', '.join(f'`{kind}`' for kind in content)}"
    statuses = [status for status in operation["responses"] if status != "default"]
    yield from (f"- answers {', '.join(map(_answer, statuses))}", "")


def _parameter(one: Mapping[str, Any]) -> str:
    text = " ".join(one.get("description", "").split())
    needed = ", required" if one.get("required") else ""
    return f"- {one['in']} `{one['name']}`{needed}{f': {text}' if text else ''}"


def _answer(status: str) -> str:
    return f"{status} {HTTPStatus(int(status)).phrase}"
