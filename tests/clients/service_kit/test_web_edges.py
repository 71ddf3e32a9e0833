"""What a Flask service gets from the kit: strict bodies, problems, tokens, health, OpenAPI."""

import io
from typing import Any

import marshmallow as ma
import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from flask.views import MethodView
from service_kit.access import Tokens, caller, install_access, permitted, require
from service_kit.bodies import read_json
from service_kit.hal import link, resource, respond
from service_kit.health import install_health
from service_kit.openapi import Api, Blueprint
from service_kit.problems import Problem, install_problems
from service_kit.trace import current_traceparent, install_trace

TOKEN = "a-token-of-some-length"


class Refused(Exception):
    pass


class WidgetSchema(ma.Schema):
    name = ma.fields.String(required=True, validate=ma.validate.Length(min=1))


@pytest.fixture
def client() -> FlaskClient:
    app = Flask(__name__)
    api = Api(app, title="Widgets", description="What is tried.")
    install_problems(app, {Refused: lambda error: Problem(409, "Refused", reason=str(error))})
    install_access(app, Tokens.parse(f"shop:widgets:read+widgets:write:{TOKEN}"))
    install_trace(app)
    widgets = Blueprint("widgets", __name__)

    @widgets.route("/widgets")
    class Widgets(MethodView):
        @widgets.arguments(WidgetSchema)
        @widgets.response(201)
        def post(self, widget: dict[str, Any]) -> Any:
            return respond(resource(widget, {"self": link("/widgets/1"), "edit": None}), 201)

    api.register_blueprint(widgets)

    @app.post("/echo")
    def echo() -> Any:
        return {"got": read_json(request, max_bytes=1000)}

    @app.get("/refuse")
    def refuse() -> Any:
        raise Refused("ended")

    @app.get("/crash")
    def crash() -> Any:
        raise RuntimeError("the secret is 42")

    @app.get("/mine")
    @require("widgets:write")
    def mine() -> Any:
        found = caller()
        return {"name": found.name if found else None}

    @app.get("/admin")
    @require("admin")
    def admin() -> Any:
        return {}

    @app.get("/maybe")
    def maybe() -> Any:
        return {"permitted": permitted("widgets:read"), "trace": current_traceparent()}

    def not_there() -> None:
        raise OSError("no disk at /secret/path")

    install_health(app, {"database": lambda: None, "disk": not_there})
    return app.test_client()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"NaN",
        b'{"a": Infinity}',
        b'"\\ud800"',
        b'["\\u0000"]',
        b'{"\\u0000": 1}',
        b"[" * 900,
        b"[" * 499 + b"]" * 400,
    ],
)
def test_a_body_that_is_not_strict_json_is_a_400(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/echo", data=body)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"


def test_nesting_that_would_break_the_interpreter_is_a_400(client: FlaskClient) -> None:
    answer = client.post("/widgets", data=b"[" * 200_000 + b"]" * 200_000)
    assert answer.status_code == 400


def test_json_is_read_whatever_the_content_type_says(client: FlaskClient) -> None:
    answer = client.post("/echo", data=b'{"a": [1, null]}', content_type="text/plain")
    assert answer.json == {"got": {"a": [1, None]}}


def test_a_body_over_the_cap_is_a_413(client: FlaskClient) -> None:
    assert client.post("/echo", data=b'"' + b"a" * 1000 + b'"').status_code == 413


def test_a_services_own_error_becomes_its_problem(client: FlaskClient) -> None:
    answer = client.get("/refuse")
    assert (answer.status_code, answer.json["reason"]) == (409, "ended")


def test_an_unknown_error_is_a_500_without_detail(client: FlaskClient) -> None:
    answer = client.get("/crash")
    assert answer.status_code == 500
    assert "42" not in answer.text


def test_a_wrong_method_keeps_its_allow_header(client: FlaskClient) -> None:
    answer = client.delete("/refuse")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("headers", "path", "status"),
    [
        ({}, "/mine", 401),
        ({"Authorization": "Bearer wrong-token-here"}, "/mine", 401),
        ({"Authorization": "Bearer"}, "/mine", 401),
        ({"Authorization": "Basic !!!"}, "/mine", 401),
        ({"Authorization": f"Bearer {TOKEN}"}, "/admin", 403),
        ({"Authorization": f"Bearer {TOKEN}x"}, "/mine", 401),
        ({"Authorization": f"Bearer {TOKEN}"}, "/mine", 200),
    ],
)
def test_a_scope_needs_a_token_that_has_it(
    client: FlaskClient, headers: dict[str, str], path: str, status: int
) -> None:
    answer = client.get(path, headers=headers)
    assert answer.status_code == status
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_basic_credentials_show_the_token_as_user_name(client: FlaskClient) -> None:
    assert client.get("/mine", auth=(TOKEN, "anything")).json == {"name": "shop"}


def test_tokens_do_not_show_in_a_repr() -> None:
    assert TOKEN not in repr(Tokens.parse(f"shop:read:{TOKEN}"))


def test_a_callers_trace_is_carried_on_and_a_bad_one_replaced(client: FlaskClient) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    carried = client.get("/maybe", headers={"traceparent": trace}).json["trace"]
    assert carried.split("-")[1] == trace.split("-")[1]
    fresh = client.get("/maybe", headers={"traceparent": "rubbish"}).json["trace"]
    assert fresh.split("-")[1] != trace.split("-")[1]


def test_readiness_names_what_is_missing_without_its_detail(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"database": "ok", "disk": "not ready (OSError)"}


def test_half_a_body_is_a_408_though_it_looks_like_a_whole_one(client: FlaskClient) -> None:
    # as gunicorn hands a body over, which says itself where it ends
    how = {"wsgi.input_terminated": True, "CONTENT_LENGTH": "3"}
    answer = client.post("/echo", input_stream=io.BytesIO(b"12"), environ_overrides=how)
    assert answer.status_code == 408


@pytest.mark.parametrize("body", [b"null", b"[]", b'"x"', b"{}", b'{"name": 1}', b'{"name": ""}'])
def test_a_body_of_the_wrong_form_is_a_422_problem(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/widgets", data=body)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"


def test_a_link_that_is_not_possible_is_not_there(client: FlaskClient) -> None:
    answer = client.post("/widgets", data=b'{"name": "w"}')
    assert answer.json == {"name": "w", "_links": {"self": {"href": "/widgets/1"}}}
    assert answer.mimetype == "application/hal+json"


def test_the_openapi_document_describes_the_views(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    assert "post" in document["paths"]["/widgets"]
