"""What a customer watches, and a reminder, as HAL."""

from collections.abc import Sequence

import marshmallow as ma
from marshmallow import fields
from service_kit.hal import link, resource

from auction_app.alerts.model import Alert
from auction_app.listings.hal import HomeSchema
from auction_app.listings.hal import page as page_of_auctions
from auction_app.listings.model import Auction
from auction_app.urls import Urls
from auction_app.watchlist.model import Reminder
from auction_app.web.hal import Document


class WatchlistSchema(HomeSchema):
    """A page of what one watches."""


def watchlist(urls: Urls, watched: Sequence[Auction], more: str | None, *, now_ms: int) -> Document:
    """What a customer watches."""
    return page_of_auctions(urls, "/my/watchlist", {}, watched, more, now_ms)


def reminder(urls: Urls, reminder: Reminder | Alert) -> Document:
    """That a watched item ends soon, or that one was listed that somebody looks for."""
    return resource(
        {"kind": reminder.kind, "ends_at_ms": reminder.ends_at_ms},
        {
            "self": link(urls.reminder(reminder.id)),
            "auction": link(urls.auction(reminder.auction_id)),
            "customer": link(urls.customer(reminder.customer_id)),
        },
    )


class ReminderSchema(ma.Schema):
    """That a watched item ends soon, or that one was listed that somebody looks for; for scope
    customers:read_contact."""

    kind = fields.String(required=True)
    ends_at_ms = fields.Integer(required=True)
    links = fields.Dict(data_key="_links", required=True)
