"""Mount a drain in a Flask app."""

from typing import Any

from service_kit.compat.werkzeug import read_before, stream_in_use, wait_no_longer_than
from service_kit.extras import needs

from bus_drain.http.body import with_body

with needs("bus-drain[flask]"):
    import flask
    from werkzeug import Response

_BODY_S = 20.0  # as the bus waits for the answer
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def mount(app: flask.Flask | flask.Blueprint, path: str, drain: Any) -> Any:
    """Serve drain, any WSGI app, at path inside app or a blueprint, within its request hooks;
    return the view. A hook may read the body, with `get_data` or `get_json`; what it has taken from
    the stream itself is gone, and the delivery is refused.

    All methods are routed to it, so that it is the drain that says what it doesn't take. An
    app that uses Flask-WTF's CSRFProtect passes the view on: `csrf.exempt(mount(app, …))`,
    because the signature is what proves where a delivery comes from.
    """

    def drain_view() -> Response:
        return Response.from_app(drain, _environ(flask.request))

    app.add_url_rule(
        path,
        endpoint=f"bus_drain:{path}".replace(".", ":"),
        view_func=drain_view,
        methods=_METHODS,
        provide_automatic_options=False,
    )
    return drain_view


def _environ(request: flask.Request) -> dict[str, Any]:
    body = read_before(request)
    if body is not None:
        return with_body(request.environ, body)
    wait_no_longer_than(_BODY_S, request.environ)
    stream = stream_in_use(request)
    return request.environ if stream is None else request.environ | {"wsgi.input": stream}
