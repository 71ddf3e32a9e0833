"""Problem documents (RFC 9457): one shape for every error that a service answers with."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from service_kit.errors import Busy, StoreUnavailable
from service_kit.logs import get_logger

if TYPE_CHECKING:
    from flask import Flask, Response

log = get_logger(__name__)


class Problem(Exception):
    """An answer that is not a success.

    `reason` is the fixed word a program may decide on, `extra` further members of the document,
    `headers` what HTTP wants beside it (Retry-After, Allow, WWW-Authenticate).
    """

    def __init__(
        self,
        status: int,
        title: str,
        *,
        reason: str | None = None,
        detail: str | None = None,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{status} {title}")
        self.status = status
        self.title = title
        self.reason = reason
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def document(self) -> dict[str, Any]:
        """The members of the problem document; those that are unknown are left out."""
        members = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "reason": self.reason,
        }
        return {name: value for name, value in members.items() if value is not None} | self.extra


Translate = Callable[[Any], Problem]
Respond = Callable[[Problem], "Response"]


def respond_problem(problem: Problem) -> "Response":
    """The Flask response that carries a problem."""
    from flask import Response

    body = json.dumps(problem.document(), separators=(",", ":"))
    response = Response(body, problem.status, mimetype="application/problem+json")
    response.headers.extend(problem.headers)
    return response


def install_problems(
    app: "Flask",
    translations: "Mapping[type[Exception], Translate] | None" = None,
    *,
    respond: "Respond" = respond_problem,
) -> None:
    """Answer every error of the app as a problem.

    `translations` maps a service's own errors. HTTP errors keep their headers, a database that
    can't be used now is 503, anything unknown is logged and answered 500 without detail. `respond`
    lets an app that serves browsers show a page instead.
    """
    from werkzeug.exceptions import HTTPException

    known = _TRANSLATIONS | dict(translations or {})
    for error_class, translate in ({HTTPException: from_http, Exception: _unknown} | known).items():
        app.register_error_handler(error_class, _handler(translate, known, respond))


def from_http(error: Any) -> Problem:
    """The problem for a werkzeug HTTPException, with the headers it brings."""
    headers = {
        name: value
        for name, value in error.get_headers()
        if name.lower() not in {"content-type", "content-length"}
    }
    if error.response is not None:
        headers |= {"Location": error.response.headers.get("Location", "")}
    return Problem(error.code or 500, error.name, detail=error.description, headers=headers)


def _handler(
    translate: Translate, known: Mapping[type[Exception], Translate], respond: Respond
) -> "Callable[[Exception], Response]":
    def handle(error: Exception) -> "Response":
        try:
            return respond(translate(error))
        except StoreUnavailable as outage:  # a page of an error may ask who looks
            return respond(known[StoreUnavailable](outage))

    return handle


def _store_unavailable(_error: StoreUnavailable) -> Problem:
    return Problem(503, "The service can't work now", headers={"Retry-After": "2"})


def _busy(error: Busy) -> Problem:
    headers = {"Retry-After": str(error.retry_after_s)}
    return Problem(503, "Too many want this at once", reason="busy", headers=headers)


_TRANSLATIONS: dict[type[Exception], Translate] = {
    Busy: _busy,
    Problem: lambda problem: problem,
    StoreUnavailable: _store_unavailable,
}


def _unknown(error: Exception) -> Problem:
    log.error("unexpected error", exc_info=error)
    return Problem(500, "Something went wrong on our side")
