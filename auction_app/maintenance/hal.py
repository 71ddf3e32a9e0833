"""Planned maintenance as HAL."""

from collections.abc import Sequence

import marshmallow as ma
from marshmallow import fields
from service_kit.hal import link, resource

from auction_app.maintenance.model import Maintenance
from auction_app.urls import Urls
from auction_app.web.hal import Document


def announcement(urls: Urls, planned: Maintenance) -> Document:
    """What was announced, and whether it was ended before its time."""
    return resource(
        {
            "from_ms": planned.from_ms,
            "until_ms": planned.until_ms,
            "ended_at_ms": planned.ended_at_ms,
            "words": dict(planned.words),
        },
        {"self": link(urls.announcement(planned.id))},
    )


def announcements(urls: Urls, to_come: Sequence[Maintenance]) -> Document:
    """What is to come."""
    found = [announcement(urls, planned) for planned in to_come]
    return resource({}, {"self": link(urls.absolute("/announcements"))}, {"announcements": found})


class AnnouncementSchema(ma.Schema):
    """Planned maintenance; `words` by language."""

    from_ms = fields.Integer(required=True)
    until_ms = fields.Integer(required=True)
    ended_at_ms = fields.Integer(required=True, allow_none=True)
    words = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    links = fields.Dict(data_key="_links", required=True)


class _Announcements(ma.Schema):
    announcements = fields.List(fields.Nested(AnnouncementSchema), required=True)


class AnnouncementsSchema(ma.Schema):
    """What is announced and not over."""

    embedded = fields.Nested(_Announcements, data_key="_embedded", required=True)
    links = fields.Dict(data_key="_links", required=True)
