"""Page or HAL: the same address, by the Accept header."""

from collections.abc import Callable, Mapping
from typing import Any

import marshmallow as ma
from flask import Response, make_response, redirect, render_template, request
from service_kit.hal import MEDIA_TYPE, respond
from service_kit.openapi import Blueprint

_JSON = (MEDIA_TYPE, "application/json")

View = Callable[..., Response]


def negotiated(
    views: Blueprint, rule: str, schema: type[ma.Schema], **refusals: str
) -> Callable[[View], View]:
    """Serve an address to browsers and programs, and put its JSON side into the OpenAPI document.

    `refusals` describe the other answers: `_404="There is no such auction"`.
    """

    def decorate(view: View) -> View:
        documented = views.response(200, schema, content_type=MEDIA_TYPE)(view)
        for status, description in refusals.items():
            documented = views.alt_response(int(status[1:]), description=description)(documented)
        views.route(rule)(documented)
        return view

    return decorate


def wants_hal() -> bool:
    """Whether the caller prefers HAL; browsers and those who don't care get the page."""
    return request.accept_mimetypes.best_match(("text/html", *_JSON)) in _JSON


def hal(document: Mapping[str, Any]) -> Response:
    """A HAL answer that no cache mixes up with the page, or with another caller's."""
    return respond(document, headers={"Vary": "Accept, Authorization, Cookie"})


def page(template: str, status: int = 200, /, **context: Any) -> Response:
    """A page."""
    response = make_response(render_template(template, **context), status)
    response.vary.update(("Accept", "Cookie"))
    return response


def see_other(location: str) -> Response:
    """After a form was taken: go and look there. A reload sends nothing twice."""
    return make_response(redirect(location, 303))
