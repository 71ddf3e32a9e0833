"""Tell those who watch an item that it ends soon."""

from auction_app.db.announce import announce
from auction_app.db.store import Store
from auction_app.notifications.repository import notices
from auction_app.urls import Urls
from auction_app.watchlist.repository import reminders

BEFORE_MS = 3_600_000
BATCH = 200


def remind_watchers(store: Store, urls: Urls, *, now_ms: int) -> int:
    """Remind everybody who watches something that ends within the hour, once; returns how many
    were due in this batch. May be repeated and killed."""
    with store.writing() as conn:
        due = reminders.due(conn, now_ms=now_ms, before_ms=now_ms + BEFORE_MS, limit=BATCH)
        for reminder in due:
            reminders.add(conn, reminder, now_ms=now_ms)
            notices.add(
                conn,
                reminder.customer_id,
                "ending-soon",
                about=urls.reminder(reminder.id),
                auction_id=reminder.auction_id,
                path=f"/auctions/{reminder.auction_id}",
                now_ms=now_ms,
            )
            announce(conn, "reminders", "create", urls.reminder(reminder.id), now_ms=now_ms)
    return len(due)
