"""The page that lists and shows the mails, and the same as JSON for tests."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from flask import Flask, Response, abort, jsonify, render_template, request, url_for
from service_kit.clock import utc
from service_kit.health import install_health

from mailer_service.mailbox.folder import MailFolder
from mailer_service.mailbox.reading import Content, ListedMail, summarize, take_apart
from mailer_service.mailbox.receiver import add_receiver

_PAGE_SIZE = 100
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_BASE = '<base target="_blank">'
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A mail is anybody's HTML: no script, no origin, nothing fetched from anywhere. Its links open
# in a tab of their own.
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
    " style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'"
)


def create_app(folder: MailFolder, checks: Mapping[str, Callable[[], Any]] | None = None) -> Flask:
    """The WSGI app over a folder of mails."""
    app = Flask(__name__)
    # Other sites' scripts could read the mails by pointing a name of theirs at 127.0.0.1.
    app.config["TRUSTED_HOSTS"] = ["localhost", "127.0.0.1", ".localhost"]
    app.jinja_env.filters["time"] = _time
    install_health(app, {"folder": folder.check} | dict(checks or {}))
    app.after_request(_protect)
    _add_list(app, folder)
    _add_mail(app, folder)
    add_receiver(app)
    return app


def _add_list(app: Flask, folder: MailFolder) -> None:
    @app.get("/")
    def index() -> Response | str:
        mails = _list(folder)
        if _wants_json():
            return jsonify(mails=[_summary_json(mail) for mail in mails])
        return render_template("mailbox.html", mails=mails, more=_more(mails), shown=None)

    @app.get("/list")
    def listing() -> str:
        mails = _list(folder)
        return render_template("list.html", mails=mails, more=_more(mails), shown=None)


def _add_mail(app: Flask, folder: MailFolder) -> None:
    @app.get("/mails/<mail_id>")
    def mail(mail_id: str) -> Response | str:
        content = take_apart(mail_id, _raw(folder, mail_id))
        if _wants_json():
            return jsonify(_content_json(content))
        mails = _list(folder)
        return render_template("mailbox.html", mails=mails, more=_more(mails), shown=content)

    @app.get("/mails/<mail_id>/html")
    def mail_html(mail_id: str) -> Response:
        html = take_apart(mail_id, _raw(folder, mail_id)).html
        if html is None:
            abort(404)
        response = Response(_framed(html), content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = _MAIL_POLICY
        return response

    @app.get("/mails/<mail_id>/source")
    def mail_source(mail_id: str) -> Response:
        raw = _raw(folder, mail_id)
        return Response(raw, content_type="text/plain; charset=utf-8")


def _list(folder: MailFolder) -> list[ListedMail]:
    ids = folder.newest(_PAGE_SIZE, before=request.args.get("before"))
    return [summarize(mail_id, raw) for mail_id in ids if (raw := folder.read(mail_id)) is not None]


def _more(mails: list[ListedMail]) -> str | None:
    return mails[-1].id if len(mails) == _PAGE_SIZE else None


def _raw(folder: MailFolder, mail_id: str) -> bytes:
    raw = folder.read(mail_id)
    if raw is None:
        abort(404)
    return raw


def _wants_json() -> bool:
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def _summary_json(mail: ListedMail) -> dict[str, Any]:
    return asdict(mail) | {"_links": {"self": {"href": url_for("mail", mail_id=mail.id)}}}


def _content_json(content: Content) -> dict[str, Any]:
    return _summary_json(content.summary) | {
        "headers": [list(header) for header in content.headers],
        "text": content.text,
        "html": content.html,
    }


def _time(ms: int) -> str:
    return utc(ms).astimezone().strftime("%d %b %H:%M:%S")


def _protect(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _PAGE_POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response


def _framed(html: str) -> str:
    """The same HTML, whose links open in a tab of their own: in the frame they would be blocked."""
    if head := _HEAD.search(html):
        return html[: head.end()] + _BASE + html[head.end() :]
    return _BASE + html
