"""Pages that say something and do nothing: the rules, in which language to say it, the time."""

from collections.abc import Iterator

from flask import Blueprint, Response, abort, request

from auction_app.parts import Parts
from auction_app.web.i18n import LANGUAGE_COOKIE, LANGUAGES
from auction_app.web.negotiation import local_path, page, see_other
from auction_app.web.security import keep_cookie


def pages(parts: Parts) -> Blueprint:
    """The rules of the house, and the switch of languages for visitors without an account."""
    views = Blueprint("static_pages", __name__)

    @views.get("/rules")
    def rules() -> Response:
        return page("web/rules.html")

    @views.get("/language")
    def languages() -> Response:
        return page("web/languages.html", next=local_path(request.args.get("next")))

    @views.get("/clock")
    def clock() -> Response:
        """Our time in ms since the epoch, for countdowns on pages that a browser had kept."""
        answer = Response(str(parts.clock()), mimetype="text/plain")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @views.post("/language/<code>")
    def choose_language(code: str) -> Response:
        if code not in LANGUAGES:
            abort(404)
        answer = see_other(local_path(request.form.get("next")))
        keep_cookie(parts, answer, LANGUAGE_COOKIE, code)
        return answer

    return views


def blueprints(parts: Parts) -> Iterator[Blueprint]:
    """All addresses of the feature."""
    yield pages(parts)
