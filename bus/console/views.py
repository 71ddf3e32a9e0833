"""The console's blueprint: a view a page, a view an action, and what they share."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Blueprint, Response, g, make_response, redirect, render_template, request
from service_kit.access import shown_token
from service_kit.errors import StoreUnavailable
from service_kit.hal import respond
from service_kit.problems import Problem, respond_problem
from service_kit.style import add_static
from werkzeug.exceptions import NotFound as UnknownAddress

from bus.bootstrap import Bus
from bus.console import fields, formats, forms, security, sign_in, tail
from bus.console.actions import ACTIONS, BY_NAME, Action
from bus.console.api_call import Api, ApiAnswer, ApiCall
from bus.console.error_pages import answer_error, wants_hal
from bus.console.live import Fragments
from bus.console.outcome import asked_since, outcome
from bus.console.pages import ONE, PAGES, PageSpec
from bus.console.problems import not_offered, refused
from bus.console.sessions import Viewer, csrf_token, resumed
from bus.errors import NotAllowed, NotAuthenticated

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_VARIABLE = re.compile(r"<(?:int:)?(\w+)>")


def console_blueprint(bus: Bus, app: "WSGIApplication") -> Blueprint:
    """The console of a bus whose API is `app`."""
    blueprint = Blueprint(
        "console",
        __name__,
        url_prefix=security.PATH,
        template_folder="templates",
    )
    add_static(blueprint, Path(__file__).with_name("static"))
    console = Console(bus, Api(app))
    formats.install(blueprint, bus.now_ms)
    sign_in.add_views(blueprint, bus)
    for page in PAGES:
        _route(blueprint, "GET", page.rule, f"page_{page.template}", partial(console.page, page))
        if page.live:
            live = partial(console.fragment, page)
            _route(blueprint, "GET", f"/live{page.rule}", f"live_{page.template}", live)
    _route(blueprint, "GET", "/events", "tail", console.tail)
    _route(blueprint, "GET", f"{ONE}/seek", "seek", console.seek)
    _route(blueprint, "GET", f"/live{ONE}/outcome", "live_outcome", console.outcome)
    for action in ACTIONS:
        does = partial(console.act, action)
        _route(blueprint, "POST", action.rule, f"do_{action.name}", does)
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    blueprint.add_url_rule("/<path:rest>", "nowhere", console.nowhere, methods=methods)
    blueprint.add_url_rule("/", "nowhere_at_all", console.nowhere, methods=methods[1:])
    blueprint.register_error_handler(Exception, answer_error)
    blueprint.after_request(security.add_headers)
    return blueprint


class Console:
    """Shows pages, and does what their buttons say."""

    def __init__(self, bus: Bus, api: Api) -> None:
        self._bus = bus
        self._api = api
        self._fragments = Fragments()

    def page(self, page: PageSpec, **ids: Any) -> Response:
        """A page, or for programs the document that it is made of."""
        path = _filled(page.document, ids)
        if wants_hal():
            return self._twin(ApiCall("GET", path, _asked()))
        query = page.asks(request.args)
        limit = {} if page.limit is None else {"limit": str(page.limit)}
        call = ApiCall("GET", path, query | limit)
        with self._signed_in() as viewer:
            documents = self._documents(page, viewer, ids)
            doc = self._document(page, call, documents, viewer)
            if since_ms := asked_since(request.args):
                documents["tried"] = self._outcome(viewer, ids, since_ms)
            if page.needs and page.needs not in doc["_links"]:
                raise not_offered(page.needs)
            return self._show(page.template, viewer, doc, **documents)

    def tail(self) -> Response:
        """The newest events, as a page that a script goes on with; for programs the log."""
        if wants_hal():
            return self._twin(ApiCall("GET", "/events", _asked()))
        with self._signed_in() as viewer:
            topics = ",".join(fields.words(request.args, "topics")) or tail.EVERYTHING
            doc = tail.newest(partial(self._get, viewer=viewer), topics)
            return self._show("tail", viewer, doc, topics=topics)

    def seek(self, **ids: Any) -> Response:
        """Where to move a subscription, and what that would bring before it is done."""
        path = _filled(f"{ONE}/seek", ids)
        if wants_hal():
            return self._twin(ApiCall("GET", path, _asked()))
        with self._signed_in() as viewer:
            preview = word = problem = None
            try:
                word = forms.place(request.args)
                preview = word and self._get(ApiCall("GET", path, {"to": word}), viewer)
            except Problem as refusal:
                if refusal.status != 400:
                    raise
                problem = refusal
            status = problem.status if problem else 200
            doc = self._get(ApiCall("GET", _filled(ONE, ids)), viewer)
            to = request.args.get("to", "now")
            found = {"preview": preview, "word": word, "problem": problem}
            return self._show("seek", viewer, doc, status, to=to, **found)

    def fragment(self, page: PageSpec, **ids: Any) -> Response:
        """The part of a page that changes by itself: made at most once a second, however many look
        at it."""
        with self._signed_in() as viewer:

            def render() -> str:
                call = ApiCall("GET", _filled(page.document, ids))
                documents = self._documents(page, viewer, ids)
                doc = self._document(page, call, documents, viewer)
                return _fragment(page.template, doc=doc, viewer=viewer, **documents)

            key = (viewer.seen_as, request.path, request.args.get("span"))
            return Response(self._fragments.get(key, self._dated(render)))

    def outcome(self, **ids: Any) -> Response:
        """What came of what was tried since then, likewise."""
        since_ms = request.args.get("since_ms", "0")
        with self._signed_in() as viewer:
            key = (viewer.seen_as, request.path, since_ms)
            tried = partial(self._outcome, viewer, ids, since_ms)
            made = self._dated(lambda: _fragment("outcome", tried=tried()))
            return Response(self._fragments.get(key, made))

    def act(self, action: Action, **ids: Any) -> Response:
        """Call the API, then lead on; where it refuses a form, show that again."""
        with self._signed_in() as viewer:
            security.check_form()
            try:
                ids |= action.ids(request.form)
                began_ms = self._bus.now_ms()
                answer = self._call(action, viewer, ids)
            except Problem as problem:
                if action.again is None or problem.status >= 500:
                    raise
                return self._again(action.again, problem, viewer, ids)
            if action.shows is not None:
                return self._show(action.shows, viewer, answer.document, ids=ids)
            told = {name: int(answer.document[name]) for name in action.counts}
            since = {"since_ms": began_ms} if action.tries else {}
            return _see_other(_filled(action.goes_to, ids), did=action.name, **told, **since)

    def nowhere(self, rest: str = "") -> Response:
        """No page is there; who is signed in has the menu all the same."""
        with suppress(NotAuthenticated, NotAllowed, StoreUnavailable), self._signed_in():
            pass
        raise UnknownAddress(rest)

    def _call(self, action: Action, viewer: Viewer, ids: dict[str, Any]) -> ApiAnswer:
        where = _filled(action.called, ids)
        body = action.read(request.form)
        if action.only_new and self._api.call(ApiCall("GET", where), viewer.token).is_success:
            raise Problem(
                409, "There is one of this name", detail="Edit that, or take another name."
            )
        answer = self._api.call(ApiCall(action.method, where, body=body), viewer.token)
        if not answer.is_success:
            raise refused(answer)
        return answer

    def _again(
        self, template: str, problem: Problem, viewer: Viewer, ids: dict[str, Any]
    ) -> Response:
        (page,) = (page for page in PAGES if page.template == template)
        limit = {} if page.limit is None else {"limit": str(page.limit)}
        call = ApiCall("GET", _filled(page.document, ids), limit)
        documents = self._documents(page, viewer, ids)
        doc = self._document(page, call, documents, viewer)
        if page.needs and page.needs not in doc["_links"]:
            raise problem
        typed = {"problem": problem, "form": request.form, **documents}
        answer = self._show(template, viewer, doc, problem.status, **typed)
        answer.headers.extend(problem.headers)
        return answer

    def _twin(self, call: ApiCall) -> Response:
        token = shown_token(request)
        if token is None:
            with self._signed_in() as viewer:
                answer = self._api.call(call, viewer.token)
        else:
            answer = self._api.call(call, token)
        if not answer.is_success:
            return respond_problem(refused(answer))
        return respond(answer.document)

    def _documents(self, page: PageSpec, viewer: Viewer, ids: dict[str, Any]) -> dict[str, Any]:
        calls = {name: ApiCall("GET", _filled(path, ids)) for name, path in page.beside.items()}
        if page.history:
            calls["history"] = ApiCall("GET", "/history", forms.history(request.args, **ids))
        documents = {name: self._get(call, viewer) for name, call in calls.items()}
        if page.latest and viewer.reads:
            documents["latest"] = tail.newest(partial(self._get, viewer=viewer), ids["topic"])
        return documents

    def _document(
        self, page: PageSpec, call: ApiCall, documents: dict[str, Any], viewer: Viewer
    ) -> Any:
        if page.look:
            return documents[page.look]["_embedded"]["subscription"]
        return self._get(call, viewer)

    def _outcome(self, viewer: Viewer, ids: dict[str, Any], since_ms: str) -> dict[str, Any]:
        return outcome(partial(self._get, viewer=viewer), _filled(ONE, ids), since_ms)

    def _dated(self, make: Callable[[], str]) -> Callable[[], str]:
        """Says when it was looked at: a script shows nothing that is older than its page."""
        return lambda: f'<div data-made="{self._bus.now_ms()}">{make()}</div>'

    def _get(self, call: ApiCall, viewer: Viewer) -> Any:
        answer = self._api.call(call, viewer.token)
        if not answer.is_success:
            raise refused(answer)
        return answer.document

    def _show(
        self, template: str, viewer: Viewer, doc: Any, status: int = 200, **more: Any
    ) -> Response:
        page = render_template(
            f"console/{template}.html",
            doc=doc,
            viewer=viewer,
            csrf_token=csrf_token(security.session_cookie() or ""),
            did=_done(),
            made_ms=self._bus.now_ms(),
            **more,
        )
        return make_response(page, status)

    @contextmanager
    def _signed_in(self) -> Iterator[Viewer]:
        with resumed(self._bus, security.session_cookie()) as viewer:
            g.viewer = viewer
            yield viewer


def _asked() -> list[tuple[str, str]]:
    """The query as it came, for the API to judge: what is there twice too."""
    return list(request.args.items(multi=True))


def _route(blueprint: Blueprint, method: str, rule: str, name: str, view: Any) -> None:
    blueprint.add_url_rule(rule, name, view, methods=[method])


def _filled(rule: str, ids: dict[str, Any]) -> str:
    return _VARIABLE.sub(lambda found: quote(str(ids[found[1]]), safe=""), rule)


def _fragment(template: str, **shown: Any) -> str:
    return render_template(f"console/live/{template}.html", **shown)


def _see_other(path: str, **query: Any) -> Response:
    told = "&".join(f"{name}={value}" for name, value in query.items())
    where = f"{request.script_root}{security.PATH}{path}?{told}"
    return make_response(redirect(where, 303))


def _done() -> str | None:
    """What was done just before this page, in the words of the action: nothing else is said."""
    action = BY_NAME.get(request.args.get("did", ""))
    if action is None:
        return None
    numbers = {name: request.args.get(name, 0, type=int) for name in action.counts}
    return action.done.format(**numbers) or None
