"""The address that the live process asks, with the token or the session of who reads."""

from collections.abc import Iterator

from flask import Blueprint, Response, request
from service_kit.access import shown_token
from service_kit.hal import link, resource

from auction_app.accounts.visitor import signed_in, visitor
from auction_app.devices.recognise import recognise
from auction_app.news.model import News
from auction_app.news.read_news import news_of_customer, news_of_device
from auction_app.parts import Parts
from auction_app.web.negotiation import hal


def pages(parts: Parts) -> Blueprint:
    """What is new after a cursor."""
    views = Blueprint("news", __name__)

    @views.get("/me/events")
    def show() -> Response:
        after = request.args.get("after")
        if device := recognise(parts.store, shown_token(request)):
            return _answer(parts, device.owner_id, news_of_device(parts.store, device, after))
        me = signed_in(parts)
        unread = visitor(parts).unread
        return _answer(parts, me.id, news_of_customer(parts.store, me, after, unread=unread))

    return views


def _answer(parts: Parts, customer_id: str, news: News) -> Response:
    events = [
        {"id": item.cursor, "event": item.event, "key": item.key, "data": dict(item.data)}
        for item in news.items
    ]
    customer = link(parts.urls.customer(customer_id))
    state = {"events": events, "cursor": news.cursor, "more": news.more}
    return hal(resource(state, {"customer": customer}))


def blueprints(parts: Parts) -> Iterator[Blueprint]:
    """All addresses of the feature."""
    yield pages(parts)
