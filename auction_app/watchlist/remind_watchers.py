"""Tell those who watch an item that it ends soon."""

from auction_app.db.unit_of_work import UnitOfWork
from auction_app.notifications.notify import notify
from auction_app.watchlist.repository import reminders

BEFORE_MS = 3_600_000
BATCH = 200


def remind_watchers(act: UnitOfWork) -> int:
    """Remind everybody who watches something that ends within the hour, once; returns how many
    were due in this batch. May be repeated and killed."""
    due = reminders.due(act.conn, now_ms=act.now_ms, before_ms=act.now_ms + BEFORE_MS, limit=BATCH)
    for reminder in due:
        if not reminders.add(act.conn, reminder, now_ms=act.now_ms):
            continue
        notify(
            act,
            reminder.customer_id,
            "ending-soon",
            about=act.urls.reminder(reminder.id),
            auction_id=reminder.auction_id,
            path=f"/auctions/{reminder.auction_id}",
        )
        act.announce("reminders", "create", act.urls.reminder(reminder.id))
    return len(due)
