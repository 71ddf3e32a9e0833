"""Take one's data along, and leave."""

import json
from collections.abc import Iterator

from flask import Blueprint, Response, flash, request, url_for
from service_kit.bulkhead import Bulkhead

from auction_app.accounts.passwords import Passwords
from auction_app.accounts.visitor import forget, session_token, signed_in
from auction_app.bidding.gateway import Gateway
from auction_app.errors import BidsUnavailable, NotPossible, WrongPassword
from auction_app.listings.photo_files import PhotoFiles
from auction_app.parts import Parts
from auction_app.privacy.delete_account import delete_account, obstacles
from auction_app.privacy.export_data import export_data
from auction_app.web.i18n import _
from auction_app.web.negotiation import page, see_other


def pages(parts: Parts, gateway: Gateway, passwords: Passwords, files: PhotoFiles) -> Blueprint:
    """Export and deletion."""
    views = Blueprint("privacy", __name__)

    @views.get("/account/export")
    @Bulkhead(at_once=1, waiting=2)
    def export() -> Response:
        me = signed_in(parts)
        try:
            document = export_data(parts.store, gateway, me)
        except BidsUnavailable as error:
            answer = page("privacy/export_unavailable.html", 503)
            answer.headers["Retry-After"] = str(error.retry_after_s)
            return answer
        return Response(
            json.dumps(document, indent=2, ensure_ascii=False),
            mimetype="application/json",
            headers={"Content-Disposition": 'attachment; filename="gavel.json"'},
        )

    @views.get("/account/delete")
    def ask() -> Response:
        return _form(parts, 200)

    @views.post("/account/delete")
    def delete() -> Response:
        me = signed_in(parts)
        try:
            delete_account(
                parts.store,
                gateway,
                me,
                request.form.get("password", ""),
                session=session_token(),
                passwords=passwords,
                files=files,
            )
        except NotPossible as error:
            return _form(parts, 409, obstacle=error.reason)
        except WrongPassword:
            return _form(parts, 422, {"password": "wrong_password"})
        forget()
        flash(_("Your account is deleted."))
        return see_other(url_for("home.show"))

    return views


def _form(
    parts: Parts,
    status: int,
    errors: dict[str, str] | None = None,
    *,
    obstacle: str | None = None,
) -> Response:
    found = obstacles(parts.store, signed_in(parts))
    if obstacle and obstacle not in found:
        found = (*found, obstacle)
    return page("privacy/delete_account.html", status, obstacles=found, errors=errors or {})


def blueprints(
    parts: Parts, gateway: Gateway, passwords: Passwords, files: PhotoFiles
) -> Iterator[Blueprint]:
    """All addresses of the feature."""
    yield pages(parts, gateway, passwords, files)
