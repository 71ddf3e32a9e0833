"""Every mail with sample data, in every language: in development only."""

from flask import Blueprint, Response, abort, render_template
from service_kit.clock import now_ms

from mailer_service.letters.compose_mail import compose_mail
from mailer_service.letters.formats import LANGUAGES
from mailer_service.letters.render import render
from mailer_service.letters.samples import sample
from mailer_service.model.kinds import KINDS
from mailer_service.model.mails import Letter

_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
_MAIL_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none';"
    " frame-ancestors 'self'"
)


def preview(sender: str) -> Blueprint:
    """The pages: a list, and each mail as HTML, as text and as it goes over the wire."""
    pages = Blueprint("preview", __name__, template_folder="templates", static_folder="static")
    _add_pages(pages)
    _add_mails(pages, sender)
    return pages


def _add_pages(pages: Blueprint) -> None:
    @pages.get("/")
    @pages.get("/<language>/<kind>")
    def mail(language: str = LANGUAGES[0], kind: str = next(iter(KINDS))) -> Response:
        letter = _letter(language, kind)
        page = render_template(
            "preview.html",
            kinds=KINDS,
            languages=LANGUAGES,
            language=language,
            kind=kind,
            letter=letter,
            words=render(letter),
        )
        return _protected(Response(page), _PAGE_POLICY)


def _add_mails(pages: Blueprint, sender: str) -> None:
    @pages.get("/<language>/<kind>/html")
    def html(language: str, kind: str) -> Response:
        return _protected(Response(render(_letter(language, kind)).html), _MAIL_POLICY)

    @pages.get("/<language>/<kind>/source")
    def source(language: str, kind: str) -> Response:
        letter = _letter(language, kind)
        envelope = compose_mail(letter, key="preview", sender=sender, written_at_ms=now_ms())
        response = Response(envelope.content, content_type="text/plain; charset=utf-8")
        return _protected(response, _PAGE_POLICY)


def _letter(language: str, kind: str) -> Letter:
    if language not in LANGUAGES or kind not in KINDS:
        abort(404)
    return sample(kind, language)


def _protected(response: Response, policy: str) -> Response:
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
