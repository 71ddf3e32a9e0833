"""Announce maintenance, and end it."""

from auction_app.accounts.model import Customer
from auction_app.db.ids import new_id
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import BadInput
from auction_app.maintenance import repository
from auction_app.maintenance.forms import MaintenanceForm
from auction_app.maintenance.model import Maintenance

_LONGEST_MS = 7 * 24 * 3_600_000


def announce(act: UnitOfWork, moderator: Customer, form: MaintenanceForm) -> str:
    """Tell everybody; returns its URL. Raises BadInput for a time that is over, or that ends before
    it begins, or lasts for more than a week."""
    if form.until <= max(form.starts, act.now_ms):
        raise BadInput({"until": "ends_too_early"})
    if form.until - form.starts > _LONGEST_MS:
        raise BadInput({"until": "ends_too_late_for_maintenance"})
    words = {"en": form.words_en, "de": form.words_de}
    planned = Maintenance(id=new_id(), from_ms=form.starts, until_ms=form.until, words=words)
    repository.add(act.conn, planned, author_id=moderator.id, now_ms=act.now_ms)
    url = act.urls.announcement(planned.id)
    act.announce("announcements", "create", url)
    return url


def end(act: UnitOfWork, id: str) -> str | None:
    """Call it off, or open the house again; returns its URL, None when that was done before.
    Raises NotFound."""
    url = act.urls.announcement(repository.by_id(act.conn, id).id)
    if not repository.end(act.conn, id, now_ms=act.now_ms):
        return None
    act.announce("announcements", "update", url)
    return url
