"""Errors as they are answered: a page to people, a problem document to programs."""

from typing import Any

from flask import Response, g, make_response, render_template, request
from service_kit.access import shown_token
from service_kit.hal import MEDIA_TYPE
from service_kit.problems import Problem, respond_problem

from bus.console import security, sign_in
from bus.console.problems import problem_of
from bus.console.sessions import csrf_token
from bus.errors import NotAuthenticated


def wants_hal() -> bool:
    """Whether the caller is a program: it shows a token, or prefers documents to pages."""
    json = (MEDIA_TYPE, "application/json")
    prefers = request.accept_mimetypes.best_match(("text/html", *json)) in json
    return prefers or shown_token(request) is not None


def _missing_subscription(problem: Problem) -> dict[str, Any] | None:
    """Which subscription an address names that isn't there, nor anything of it."""
    ids = request.view_args or {}
    return ids if problem.status == 404 and set(ids) == {"client", "name"} else None


def answer_error(error: Exception) -> Response:
    """What a browser or a program is told of an error."""
    problem = problem_of(error)
    if wants_hal():
        return respond_problem(problem)
    if isinstance(error, NotAuthenticated):
        return sign_in.lead_to_sign_in()
    page = render_template(
        "console/problem.html",
        problem=problem,
        viewer=g.get("viewer"),
        csrf_token=csrf_token(security.session_cookie() or ""),
        missing=_missing_subscription(problem),
    )
    answer = make_response(page, problem.status)
    for name, value in problem.headers.items():
        answer.headers.setdefault(name, value)
    return answer
