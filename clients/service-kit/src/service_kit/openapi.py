"""flask-smorest with our errors: problem documents, Allow kept, bodies read strictly."""

import http
from typing import Any

import flask_smorest
import marshmallow as ma
from flask import Flask, Request
from webargs import core
from webargs.flaskparser import FlaskParser

from service_kit.bodies import read_json
from service_kit.problems import Problem


class ProblemSchema(ma.Schema):
    """A problem document (RFC 9457)."""

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


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc,unused-ignore]
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
