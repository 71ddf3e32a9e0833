"""Mount a drain in a Flask app."""

from typing import Any

import flask
from werkzeug import Response

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def mount(app: flask.Flask, path: str, drain: Any) -> Any:
    """Serve drain, any WSGI app, at path inside app, within its request hooks; return the view.

    All methods are routed to it, so that it is the drain that says what it doesn't take. An
    app that uses Flask-WTF's CSRFProtect passes the view on: `csrf.exempt(mount(app, …))`,
    because the signature is what proves where a delivery comes from.
    """

    def drain_view() -> Response:
        return Response.from_app(drain, flask.request.environ)

    app.add_url_rule(
        path,
        endpoint=f"bus_drain:{path}",
        view_func=drain_view,
        methods=_METHODS,
        provide_automatic_options=False,
    )
    return drain_view
