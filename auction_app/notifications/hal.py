"""Notices as HAL."""

from collections.abc import Sequence
from typing import get_args

import marshmallow as ma
from marshmallow import fields
from service_kit.hal import link, resource

from auction_app.notifications.model import Kind, Notice
from auction_app.urls import Urls
from auction_app.web.hal import Document, MoneySchema, page_of


def notice(urls: Urls, notice: Notice) -> Document:
    """One piece of news."""
    return resource(
        {
            "kind": notice.kind,
            "title": notice.title,
            "price": notice.price.to_wire() if notice.price else None,
            "at_ms": notice.at_ms,
            "read": notice.read,
        },
        {"about": link(urls.absolute(notice.path))},
    )


def my_notices(urls: Urls, notices: Sequence[Notice], more: str | None) -> Document:
    """Somebody's news."""
    found = [notice(urls, one) for one in notices]
    return page_of(urls, "/my/notices", "notices", found, more)


class NoticeSchema(ma.Schema):
    """One piece of news; `title` is the item's, `price` what was bid, reached or offered."""

    kind = fields.String(required=True, validate=ma.validate.OneOf(get_args(Kind)))
    title = fields.String(required=True)
    price = fields.Nested(MoneySchema, required=True, allow_none=True)
    at_ms = fields.Integer(required=True)
    read = fields.Boolean(required=True)
    links = fields.Dict(data_key="_links", required=True)


class _Notices(ma.Schema):
    notices = fields.List(fields.Nested(NoticeSchema), required=True)


class MyNoticesSchema(ma.Schema):
    """A page of one's news."""

    embedded = fields.Nested(_Notices, data_key="_embedded", required=True)
    links = fields.Dict(data_key="_links", required=True)
