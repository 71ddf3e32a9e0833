"""flask-smorest with our errors: problem documents, Allow kept, bodies read strictly."""

import http
from typing import Any

import marshmallow as ma
from flask import Flask, Request

from service_kit.bodies import read_json
from service_kit.compat import flask_smorest
from service_kit.compat.webargs import MISSING, BodyParser
from service_kit.problems import Problem


class ProblemSchema(ma.Schema):
    """A problem document (RFC 9457), which may have members of its own beside these."""

    class Meta:
        unknown = ma.INCLUDE

    type = ma.fields.String()
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String()
    reason = ma.fields.String()


class _StrictParser(BodyParser):
    """Parses JSON bodies whatever their Content-Type, and refuses with problem documents."""

    DEFAULT_VALIDATION_STATUS = 422

    def read_body(self, request: Request) -> Any:
        return read_json(request, empty=MISSING)

    def handle_error(self, error: ma.ValidationError, *_args: Any, **kwargs: Any) -> Any:
        status = kwargs.get("error_status_code") or self.DEFAULT_VALIDATION_STATUS
        raise Problem(
            status,
            "The request does not have the form it should",
            extra={"errors": error.messages},
        ) from error


class Blueprint(flask_smorest.Blueprint):
    """A blueprint whose `arguments` are read by the strict parser."""

    ARGUMENTS_PARSER = _StrictParser()


class Api(flask_smorest.BareApi):
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

    def error_responses(self) -> dict[str, dict[str, Any]]:
        """A problem document for every status."""
        content = {"application/problem+json": {"schema": self.ERROR_SCHEMA()}}
        named = {status.name: status.phrase for status in http.HTTPStatus}
        named["DEFAULT_ERROR"] = "A problem document"
        return {name: {"description": phrase, "content": content} for name, phrase in named.items()}
