"""The canary of service_kit/compat/flask_smorest.py."""

from typing import Any

import marshmallow as ma
from flask import Flask
from service_kit.compat import flask_smorest

BROKEN = (
    "flask-smorest no longer asks service_kit/compat/flask_smorest.py for {what}. Look at what"
    " flask_smorest.Api calls to register its error handlers and responses (once"
    " _register_error_handlers and _register_responses); service_kit/openapi.py builds on it."
)


class Problem(ma.Schema):
    title = ma.fields.String()


class Api(flask_smorest.BareApi):
    ERROR_SCHEMA = Problem

    def error_responses(self) -> dict[str, dict[str, Any]]:
        return {"TEAPOT": {"description": "I'm a teapot"}}


def api() -> tuple[Flask, Api]:
    app = Flask("canary")
    app.config.update(API_TITLE="t", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    return app, Api(app)


def test_it_registers_no_error_handler() -> None:
    app, _ = api()
    handlers = [kind for by_code in app.error_handler_spec[None].values() for kind in by_code]
    assert handlers == [], BROKEN.format(what="its error handlers, and answers errors itself")


def test_the_document_has_our_answers_and_no_others() -> None:
    _, ours = api()
    responses = ours.document()["components"]["responses"]
    assert set(responses) == {"TEAPOT"}, BROKEN.format(what="its error responses")


def test_views_are_described_when_the_document_is_made() -> None:
    app, ours = api()
    views = flask_smorest.Blueprint("kettle", "canary", description="Hot water")

    @views.route("/kettle")
    @views.response(200, Problem)
    def kettle() -> dict[str, str]:
        return {"title": "boiling"}

    ours.register_blueprint(views)
    ours.describe(lambda: ours.spec.components.schema("Cup", {"type": "object"}))
    assert app.test_client().get("/kettle").get_json() == {"title": "boiling"}
    assert ours.spec is None, BROKEN.format(what="_init_spec, and makes its spec at once")

    document = ours.document()
    assert set(document["paths"]["/kettle"]) == {"get"}
    assert {"Problem", "Cup"} <= set(document["components"]["schemas"])
    assert document["tags"] == [{"name": "kettle", "description": "Hot water"}]
    assert ours.document() == document


def test_a_view_is_described_as_if_it_were_decorated() -> None:
    app, ours = api()
    views = flask_smorest.Blueprint("kettle", "canary")

    def kettle() -> dict[str, str]:
        return {"title": "boiling"}

    views.describe(kettle, views.response(200, Problem, description="It boils"))
    views.route("/kettle")(kettle)
    ours.register_blueprint(views)

    assert app.view_functions["kettle.kettle"] is kettle
    described = ours.document()["paths"]["/kettle"]["get"]["responses"]["200"]
    assert described["description"] == "It boils", BROKEN.format(what="_store_endpoint_docs")
    assert ours.document()["paths"]["/kettle"]["get"]["responses"]["200"] == described
