"""What is new to a device, or to somebody's open page."""

import re
from dataclasses import dataclass

from auction_app.accounts.model import Customer
from auction_app.db.store import Store
from auction_app.devices.model import DeviceToken
from auction_app.errors import CursorRefused
from auction_app.news.model import News, NewsItem
from auction_app.notifications.labels import notice_word
from auction_app.notifications.model import Notice
from auction_app.notifications.repository import notices
from auction_app.orders.sales_feed import sales_since

MOST = 24
_MOST_NOTICES = 100  # more than anybody looks at when they come at once
_OVERLAP_MS = 10_000
"""A notice is stored with the time at which its transaction began, so one that is older than the
last may become visible after it: what was stored so long before is looked at again."""


def news_of_device(store: Store, device: DeviceToken, after: str | None) -> News:
    """The sales after a cursor, or since the device was added. Raises CursorRefused."""
    sales = sales_since(store, device.owner_id, after, begins_after=device.begins_after, limit=MOST)
    found = [
        NewsItem(
            event="order", cursor=cursor, key=order.id, data={"url": store.urls.order(order.id)}
        )
        for cursor, order in sales.found
    ]
    return News(items=found, cursor=sales.cursor, more=len(found) == MOST)


def news_of_customer(store: Store, me: Customer, after: str | None, *, unread: int) -> News:
    """The notices that were stored after a cursor, or a time in ms (from now on, without either),
    and are not read. Some that are a little older come again. Raises CursorRefused."""
    place = _Place(store.clock(), store.clock()) if after is None else _place(after)
    with store.reading() as conn:
        found = notices.unread_since(conn, me.id, place.look_from_ms, limit=_MOST_NOTICES)
    items = []
    for notice, noted_at_ms in found:
        place = place.after(noted_at_ms)
        items.append(_item(store, notice, str(place), unread))
    return News(items=items, cursor=str(place), more=False)


def _item(store: Store, notice: Notice, cursor: str, unread: int) -> NewsItem:
    data: dict[str, str | int] = {
        "text": notice_word(notice.kind),
        "title": notice.title,
        "url": store.urls.absolute(notice.path),
        "unread": unread,
    }
    return NewsItem(event="notice", cursor=cursor, key=notice.id, data=data)


@dataclass(frozen=True)
class _Place:
    """How far a page has heard since it was made; what was there before it shows itself."""

    heard_ms: int
    made_ms: int

    def __str__(self) -> str:
        return f"{self.heard_ms}-{self.made_ms}"

    @property
    def look_from_ms(self) -> int:
        return max(self.made_ms, self.heard_ms - _OVERLAP_MS)

    def after(self, noted_at_ms: int) -> "_Place":
        return _Place(max(self.heard_ms, noted_at_ms), self.made_ms)


def _place(text: str) -> _Place:
    match = re.fullmatch("([0-9]{1,15})(?:-([0-9]{1,15}))?", text, re.ASCII)
    if match is None:
        raise CursorRefused("not a cursor of this account's")
    return _Place(int(match[1]), int(match[2] or match[1]))
