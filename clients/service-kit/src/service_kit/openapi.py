"""flask-smorest with our errors: problem documents, Allow kept, bodies read strictly."""

import http
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import flask
import flask_smorest
import marshmallow as ma
from flask import Flask, Request
from webargs import core
from webargs.flaskparser import FlaskParser

from service_kit.bodies import read_json
from service_kit.problems import Problem

V = TypeVar("V")


class ProblemSchema(ma.Schema):
    """A problem document (RFC 9457), which may have members of its own beside these."""

    class Meta:
        unknown = ma.INCLUDE

    type = ma.fields.String()
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String()
    reason = ma.fields.String()


class _StrictParser(FlaskParser):
    """Parses JSON bodies whatever their Content-Type, and refuses with problem documents."""

    DEFAULT_VALIDATION_STATUS = 422

    def _raw_load_json(self, req: Request) -> Any:
        return read_json(req) if req.content_length or req.is_json else core.missing

    def handle_error(self, error: ma.ValidationError, *_args: Any, **kwargs: Any) -> Any:
        status = kwargs.get("error_status_code") or self.DEFAULT_VALIDATION_STATUS
        raise Problem(
            status,
            "The request does not have the form it should",
            extra={"errors": error.messages},
        ) from error


if TYPE_CHECKING:

    class _SmorestBlueprint(flask.Blueprint):
        """What flask-smorest's untyped blueprint has, for the type checker."""

        def __init__(self, *args: Any, description: str = "", **options: Any) -> None: ...
        def route(self, rule: str, **options: Any) -> Callable[[V], V]: ...
        def arguments(self, schema: Any, **options: Any) -> Callable[[V], V]: ...
        def response(self, status: int, schema: Any = None, **options: Any) -> Callable[[V], V]: ...
        def alt_response(self, status: int, name: Any = None, **o: Any) -> Callable[[V], V]: ...
        def doc(self, **documentation: Any) -> Callable[[V], V]: ...
else:
    _SmorestBlueprint = flask_smorest.Blueprint


class Blueprint(_SmorestBlueprint):
    """A blueprint whose `arguments` are read by the strict parser."""

    ARGUMENTS_PARSER = _StrictParser()


class Api(flask_smorest.Api):  # type: ignore[misc,unused-ignore]
    """The OpenAPI 3.1 document at /openapi.json; errors are left to `install_problems`."""

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask, *, title: str, version: str = "1") -> None:
        app.config.update(
            API_TITLE=title,
            API_VERSION=version,
            OPENAPI_VERSION="3.1.0",
            OPENAPI_URL_PREFIX="/",
            OPENAPI_JSON_PATH="openapi.json",
        )
        super().__init__(
            app,
            spec_kwargs={
                "components": {
                    "securitySchemes": {
                        "token": {"type": "http", "scheme": "bearer"},
                        "basic": {"type": "http", "scheme": "basic"},
                    }
                },
                "security": [{"token": []}, {"basic": []}],
            },
        )

    def _register_error_handlers(self) -> None:
        """`install_problems` answers for the whole app; smorest's own handler drops `Allow`."""

    def _register_responses(self) -> None:
        content = {"application/problem+json": {"schema": self.ERROR_SCHEMA}}
        for status in http.HTTPStatus:
            self.spec.components.response(
                status.name, {"description": status.phrase, "content": content}
            )
        self.spec.components.response(
            "DEFAULT_ERROR", {"description": "A problem document", "content": content}
        )
