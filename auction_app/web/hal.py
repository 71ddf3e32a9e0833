"""What the HAL documents of all features share."""

from typing import Any

import marshmallow as ma
from marshmallow import fields
from service_kit.hal import link, resource

from auction_app.urls import Urls

Document = dict[str, Any]


def page_of(urls: Urls, path: str, name: str, found: list[Document], more: str | None) -> Document:
    """A page of a list; `more` is where the next one begins."""
    here = urls.absolute(path)
    following = link(f"{here}?after={more}") if more else None
    return resource({}, {"self": link(here), "next": following}, {name: found})


class MoneySchema(ma.Schema):
    """A decimal string with exactly the currency's decimals."""

    amount = fields.String(required=True)
    currency = fields.String(required=True)
