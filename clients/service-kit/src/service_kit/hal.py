"""HAL: resources with links that say what can be done next."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Response

MEDIA_TYPE = "application/hal+json"
Link = dict[str, Any]


def link(href: str, **attributes: Any) -> Link:
    """A link object; `templated=True`, `title=…` and the like are its attributes."""
    return {"href": href} | attributes


def resource(
    state: Mapping[str, Any],
    links: Mapping[str, Link | list[Link] | None],
    embedded: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A HAL resource. A link that is None is left out: an action not possible now has no link."""
    document = dict(state) | {"_links": {rel: href for rel, href in links.items() if href}}
    if embedded is not None:
        document["_embedded"] = dict(embedded)
    return document


def respond(
    document: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> "Response":
    """A Flask response that carries a HAL resource."""
    from flask import Response

    body = json.dumps(document, separators=(",", ":"))
    return Response(body, status, headers=dict(headers or {}), mimetype=MEDIA_TYPE)
