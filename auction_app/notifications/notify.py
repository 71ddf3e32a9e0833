"""Tell a customer something on the site."""

from auction_app.db.unit_of_work import UnitOfWork
from auction_app.notifications.model import Kind
from auction_app.notifications.repository import notices


def notify(
    act: UnitOfWork,
    customer_id: str,
    kind: Kind,
    *,
    about: str,
    auction_id: str,
    path: str,
    at_ms: int | None = None,
) -> None:
    """Once: the same kind about the same entity is told no more. Whoever has a page open is told
    to look. It happened `at_ms`, or now."""
    is_new = notices.add(
        act.conn,
        customer_id,
        kind,
        about=about,
        auction_id=auction_id,
        path=path,
        at_ms=act.now_ms if at_ms is None else at_ms,
        now_ms=act.now_ms,
    )
    if is_new:
        act.announce("notices", "update", act.urls.customer(customer_id))
