"""Sign in with a token, and out."""

from urllib.parse import quote

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
)
from service_kit.visitor_network import visitor_network

from bus.bootstrap import Bus
from bus.console import security
from bus.console.problems import problem_of
from bus.console.sessions import TooManySignIns, csrf_token, sign_in, sign_out
from bus.errors import NotAllowed, NotAuthenticated

_WHAT_IS_WRONG = {
    NotAuthenticated: (422, "The bus does not know this token."),
    NotAllowed: (403, "This token may not look around: it lacks the scope monitor."),
}
_WHY_AGAIN = {
    "undone": "What you sent was not done: your session has ended, or its token was revoked."
    " Sign in, and send it again.",
    "expired": "Your session has ended, or its token was revoked. Sign in to go on where you were.",
}
NOWHERE = "console.nowhere"


def add_views(blueprint: Blueprint, bus: Bus) -> None:
    """The pages that begin and end a session."""

    @blueprint.get("/sign-in")
    def sign_in_form() -> Response:
        why = next((name for name in _WHY_AGAIN if name in request.args), None)
        return _form(local_path(request.args.get("next")), why=why)

    @blueprint.post("/sign-in")
    def sign_in_send() -> Response:
        security.check_form()
        goes_to = local_path(request.form.get("next"))
        try:
            cookie = sign_in(bus, request.form.get("token", "").strip(), visitor_network(request))
        except (NotAuthenticated, NotAllowed) as error:
            status, words = _WHAT_IS_WRONG[type(error)]
            return _form(goes_to, status, words)
        except TooManySignIns as error:
            problem = problem_of(error)
            answer = _form(goes_to, problem.status, f"{problem.title}. {problem.detail}")
            answer.headers.extend(problem.headers)
            return answer
        answer = make_response(redirect(request.script_root + goes_to, 303))
        security.keep_cookie(answer, cookie)
        return answer

    @blueprint.post("/sign-out")
    def sign_out_send() -> Response:
        security.check_form()
        if cookie := security.session_cookie():
            sign_out(bus, cookie)
        answer = make_response(redirect(f"{request.script_root}{security.PATH}/sign-in", 303))
        security.drop_cookie(answer)
        return answer


def lead_to_sign_in() -> Response:
    """To the form, which leads back to where one was: to the page that a button was on, for what
    was pressed can't be pressed again."""
    if request.method == "GET":
        here, why = request.full_path.rstrip("?"), "expired" if security.session_cookie() else ""
    else:
        here, why = _page_of_form(request.path), "undone"
    again = f"&{why}=" if why else ""
    to = f"{request.script_root}{security.PATH}/sign-in?next={quote(here)}{again}"
    return make_response(redirect(to, 303))


def local_path(wanted: str | None) -> str:
    """Where to go next, if it is a page of the console; else to its first."""
    first = f"{security.PATH}/"
    if not wanted or not wanted.startswith(first) or len(wanted) > 2_000:
        return first
    return first if "\\" in wanted or "//" in wanted or not wanted.isprintable() else wanted


def _page_of_form(path: str) -> str:
    """The page that a form was on: at the address that it posts to, or else the next above."""
    adapter = current_app.create_url_adapter(request)
    while adapter and path.startswith(f"{security.PATH}/"):
        rule, _ = adapter.match(path, "GET", return_rule=True)
        if rule.endpoint != NOWHERE:
            return path
        path = path.rpartition("/")[0]
    return f"{security.PATH}/"


def _form(
    goes_to: str, status: int = 200, problem: str | None = None, *, why: str | None = None
) -> Response:
    cookie = security.session_cookie() or security.new_visit()
    page = render_template(
        "console/sign_in.html",
        viewer=None,
        next=goes_to,
        problem=problem,
        notice=why and _WHY_AGAIN[why],
        csrf_token=csrf_token(cookie),
    )
    answer = make_response(page, status)
    security.keep_cookie(answer, cookie)
    return answer
