"""Where moderators announce maintenance, and end it."""

from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, request, url_for
from service_kit.local_time import zone_named

from auction_app.errors import BadInput
from auction_app.maintenance import repository
from auction_app.maintenance.board import Board
from auction_app.maintenance.forms import MaintenanceForm
from auction_app.moderation.plan_maintenance import end_maintenance, plan_maintenance
from auction_app.moderation.views.moderators import moderator
from auction_app.parts import Parts
from auction_app.web.forms import Notation
from auction_app.web.i18n import HOUSE_ZONE, _, viewer_zone
from auction_app.web.negotiation import page, see_other

_MOST = 20


def pages(parts: Parts, board: Board) -> Blueprint:
    """The list of what is planned, and the form."""
    views = Blueprint("plan_maintenance", __name__)

    @views.get("/moderation/maintenance")
    def show() -> Response:
        moderator(parts)
        return _page(parts)

    @views.post("/moderation/maintenance")
    def plan() -> Response:
        me = moderator(parts)
        try:
            form = MaintenanceForm.read(request.form, Notation(zone=_form_zone()))
            with parts.begin() as act:
                plan_maintenance(act, me, form)
        except BadInput as error:
            return _page(parts, error.fields)
        board.forget()
        flash(_("Done and recorded."))
        return see_other(url_for("plan_maintenance.show"))

    @views.post("/moderation/maintenance/<string:announcement_id>/end")
    def end_one(announcement_id: str) -> Response:
        me = moderator(parts)
        with parts.begin() as act:
            end_maintenance(act, announcement_id, me)
        board.forget()
        flash(_("Done and recorded."))
        return see_other(url_for("plan_maintenance.show"))

    return views


def _form_zone() -> ZoneInfo:
    return zone_named(request.form.get("zone"), HOUSE_ZONE)


def _page(parts: Parts, errors: dict[str, str] | None = None) -> Response:
    with parts.store.reading() as conn:
        found = repository.to_come(conn, now_ms=parts.clock(), limit=_MOST)
    return page(
        "moderation/maintenance.html",
        422 if errors else 200,
        announcements=found,
        form=request.form if errors else {},
        form_zone=viewer_zone().key,
        errors=errors or {},
    )
