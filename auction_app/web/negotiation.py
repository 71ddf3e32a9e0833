"""Page or HAL: the same address, by the Accept header."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

import marshmallow as ma
from flask import Response, make_response, redirect, render_template, request
from service_kit.hal import MEDIA_TYPE, respond
from service_kit.openapi import Api, Blueprint, ProblemSchema
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from auction_app.web.paging import CURSOR
from auction_app.web.session_cookie import SESSION_COOKIE

_JSON = (MEDIA_TYPE, "application/json")

_PROBLEM: dict[str, Any] = {
    "schema": ProblemSchema,
    "content_type": "application/problem+json",
}
Parameter = dict[str, Any]

View = Callable[..., Response]


class ItemPage(Protocol):
    """Shows an item's page again, with what was typed into a form on it and what is wrong there."""

    def __call__(self, auction_id: str, /, **form: Any) -> Response:
        """Raises NotFound, Removed."""


def negotiated(
    views: Blueprint,
    rule: str,
    schema: type[ma.Schema],
    *,
    own: bool = False,
    by_device: bool = False,
    paged: bool = False,
    parameters: Sequence[Parameter] = (),
) -> Callable[[View], View]:
    """Serve an address to browsers and programs, and describe its JSON side in the OpenAPI
    document: one's `own` needs a session, or where it is read `by_device` a device's token, the
    rest is public and shows more for some tokens; a `paged` list has the parameter `after`."""

    def described(view: View) -> View:
        view = views.response(200, schema, content_type=MEDIA_TYPE)(view)
        for status, words in _other_answers(rule, own=own, paged=paged).items():
            view = views.alt_response(status, description=words, **_PROBLEM)(view)
        return views.doc(
            security=_security(own=own, by_device=by_device),
            parameters=[*parameters, *([matching("after", CURSOR)] if paged else [])],
        )(view)

    def decorate(view: View) -> View:
        views.describe(view, described)
        views.route(rule)(view)
        return view

    return decorate


def _security(*, own: bool, by_device: bool) -> list[dict[str, list[str]]]:
    if not own:
        return [{}, {"token": []}, {"basic": []}]
    return [{"session": []}, {"token": []}] if by_device else [{"session": []}]


def matching(name: str, pattern: str) -> Parameter:
    """A parameter that comes from a link or an answer of ours."""
    return {"in": "query", "name": name, "schema": {"type": "string", "pattern": pattern}}


def text(name: str) -> Parameter:
    """A parameter of free text, for the OpenAPI document; NUL is no text anywhere."""
    schema = {"type": "string", "maxLength": 100, "pattern": "^[^\\x00]*$"}
    return {"in": "query", "name": name, "schema": schema}


def amount(name: str) -> Parameter:
    """A parameter of an amount; whole ones are understood in every currency and language."""
    return {"in": "query", "name": name, "schema": {"type": "string", "pattern": "^[0-9]{0,9}$"}}


def choice(name: str, values: Sequence[str]) -> Parameter:
    """A parameter that is one of some values."""
    return {"in": "query", "name": name, "schema": {"type": "string", "enum": list(values)}}


def describe_sessions(api: Api) -> None:
    """Say in the OpenAPI document what a session is."""
    api.spec.components.security_scheme(
        "session", {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE}
    )


def _other_answers(rule: str, *, own: bool, paged: bool) -> dict[int, str]:
    answers = {
        401: "Nobody is signed in" if own else "The token is not known",
        404: "There is nothing of that name" if "<" in rule else None,
        410: "It was there and was removed" if rule.startswith("/auctions/") else None,
        400: "A parameter is not one of ours" if paged else None,
    }
    return {status: words for status, words in answers.items() if words}


def wants_hal() -> bool:
    """Whether the caller gets HAL: who prefers it, and who takes anything (`*/*`), as programs do.
    Browsers name what they want, and who says nothing gets the page."""
    return _prefers_json(request.headers.get("Accept", ""))


@lru_cache(maxsize=1_000)  # browsers of a kind say the same
def _prefers_json(accepted: str) -> bool:
    kinds = parse_accept_header(accepted, MIMEAccept)
    return bool(kinds) and kinds.best_match((*_JSON, "text/html")) in _JSON


def hal(document: Mapping[str, Any]) -> Response:
    """A HAL answer that no cache mixes up with the page, or with another caller's."""
    return respond(document, headers={"Vary": "Accept, Authorization, Cookie"})


def page(template: str, status: int = 200, /, **context: Any) -> Response:
    """A page."""
    return vary_by_viewer(make_response(render_template(template, **context), status))


def vary_by_viewer(response: Response) -> Response:
    """Say that others may get another answer."""
    response.vary.update(("Accept", "Accept-Language", "Cookie"))
    return response


def see_other(location: str) -> Response:
    """After a form was taken: go and look there. A reload sends nothing twice."""
    return make_response(redirect(location, 303))


def local_path(wanted: str | None) -> str:
    """Where to go next, if it is a page of ours; else home. Nobody sends our visitors elsewhere:
    browsers read "//host" and "/\\host" as another site, and drop tabs and line ends first."""
    if not wanted or not wanted.startswith("/") or len(wanted) > 500:
        return "/"
    elsewhere = wanted[1:2] in {"/", "\\"} or "\\" in wanted
    return "/" if elsewhere or not wanted.isprintable() else wanted
