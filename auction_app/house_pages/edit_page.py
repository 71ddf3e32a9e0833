"""Write a page of the house anew."""

from auction_app.accounts.model import Customer
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import BadInput
from auction_app.house_pages import repository as pages
from auction_app.house_pages.forms import HousePageForm
from auction_app.moderation.moderate import check_moderator
from auction_app.moderation.repository import reports

_CHANGED = {"text_en": "page_changed"}


def edit_page(act: UnitOfWork, name: str, moderator: Customer, form: HousePageForm) -> None:
    """A new version, with its entry on the trail; the same text again is none.

    Raises BadInput when somebody has changed the page since the moderator saw it; NotFound for
    others than moderators.
    """
    check_moderator(moderator)
    now = pages.current(act.conn, name)  # read once: another may save between two looks
    if dict(now.texts) == form.texts:
        return
    if str(now.version) != form.made_of:
        raise BadInput(_CHANGED)
    version = now.version + 1
    is_first = pages.add(
        act.conn, name, version, form.texts, editor_id=moderator.id, now_ms=act.now_ms
    )
    if not is_first:
        if dict(pages.current(act.conn, name).texts) == form.texts:
            return
        raise BadInput(_CHANGED)
    reports.note(
        act.conn,
        actor_id=moderator.id,
        action="edit-page",
        subject=act.urls.absolute(f"/{name}/versions/{version}"),
        note=form.note,
        form_key=None,
        now_ms=act.now_ms,
    )
