"""Where maintenance is read, and what keeps visitors out while it lasts."""

from collections.abc import Iterator

from flask import Blueprint as PlainBlueprint
from flask import Response, request
from service_kit.access import caller
from service_kit.openapi import Blueprint
from service_kit.problems import Problem

from auction_app.accounts.visitor import visitor
from auction_app.maintenance import hal as represent
from auction_app.maintenance import repository
from auction_app.maintenance.board import Board
from auction_app.maintenance.hal import AnnouncementSchema, AnnouncementsSchema
from auction_app.parts import Parts
from auction_app.web.i18n import _, language
from auction_app.web.negotiation import hal, negotiated, page, wants_hal

_MOST = 20
_OPEN = (
    "/.well-known/",
    "/announcements",
    "/events",
    "/healthz",
    "/metrics",
    "/readyz",
    "/sign-in",
    "/sign-out",
    "/static/",
    "/webhooks/",
)
"""What works on: what machines watch and tell, and the way in for those who end it."""


def api(parts: Parts) -> Blueprint:
    """The addresses of what is announced."""
    views = Blueprint("announcements", __name__)

    @negotiated(views, "/announcements", AnnouncementsSchema)
    def show_all() -> Response:
        """The maintenance that is announced and not over, the next first."""
        with parts.store.reading() as conn:
            found = repository.to_come(conn, now_ms=parts.clock(), limit=_MOST)
        if wants_hal():
            return hal(represent.announcements(parts.urls, found))
        return page("maintenance/announcements.html", announcements=found)

    @negotiated(views, "/announcements/<string:announcement_id>", AnnouncementSchema)
    def show(announcement_id: str) -> Response:
        """Maintenance that was announced, over or not."""
        with parts.store.reading() as conn:
            found = repository.by_id(conn, announcement_id)
        if wants_hal():
            return hal(represent.announcement(parts.urls, found))
        return page("maintenance/announcements.html", announcements=[found])

    return views


def door(parts: Parts, board: Board) -> PlainBlueprint:
    """The closed door."""
    views = PlainBlueprint("maintenance", __name__)

    @views.before_app_request
    def keep_out() -> None:
        if request.path.startswith(_OPEN):
            return
        planned, now_ms = board.current(), parts.clock()
        if planned is None or not planned.closes(now_ms) or _may_enter(parts):
            return
        raise Problem(
            503,
            _("The house is closed for maintenance"),
            reason="maintenance",
            detail=planned.words[language()],
            headers={"Retry-After": str(-((now_ms - planned.until_ms) // 1000))},
        )

    return views


def _may_enter(parts: Parts) -> bool:
    if _is_a_service():
        return True
    me = visitor(parts).customer
    return me is not None and me.moderator


def _is_a_service() -> bool:
    try:
        return caller() is not None
    except Problem:  # a device, or nobody
        return False


def blueprints(parts: Parts, board: Board) -> Iterator[PlainBlueprint]:
    """All addresses of the feature."""
    yield api(parts)
    yield door(parts, board)
