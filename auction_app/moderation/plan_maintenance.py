"""Announce maintenance, or end it; each is recorded for ever."""

from auction_app.accounts.model import Customer
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.maintenance.announce import announce, end
from auction_app.maintenance.forms import MaintenanceForm
from auction_app.moderation.moderate import check_moderator
from auction_app.moderation.repository import reports


def plan_maintenance(act: UnitOfWork, moderator: Customer, form: MaintenanceForm) -> None:
    """Raises NotFound for who is no moderator; BadInput."""
    check_moderator(moderator)
    _record(act, moderator, "announce", announce(act, moderator, form), form.words_en)


def end_maintenance(act: UnitOfWork, id: str, moderator: Customer) -> None:
    """May be repeated. Raises NotFound."""
    check_moderator(moderator)
    if url := end(act, id):
        _record(act, moderator, "end-maintenance", url, "")


def _record(act: UnitOfWork, moderator: Customer, action: str, url: str, note: str) -> None:
    reports.note(
        act.conn,
        actor_id=moderator.id,
        action=action,
        subject=url,
        note=note,
        form_key=None,
        now_ms=act.now_ms,
    )
