"""flask-smorest with our errors: problem documents, Allow kept, bodies read strictly."""

import http
import json
import re
import threading
from typing import Any

import marshmallow as ma
from flask import Flask, Request, Response

from service_kit.bodies import read_json
from service_kit.compat import flask_smorest
from service_kit.compat.webargs import MISSING, BodyParser
from service_kit.openapi_document import Names, completed
from service_kit.problems import Problem

_LICENSE = {"name": "MIT", "identifier": "MIT"}
_ARGUMENT = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")


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
    """The OpenAPI 3.1 document at /openapi.json; errors are left to `install_problems`.

    `at` is the path under which a proxy shows the service.
    """

    ERROR_SCHEMA = ProblemSchema

    def __init__(
        self, app: Flask, *, title: str, description: str, version: str = "1", at: str = ""
    ) -> None:
        app.config.update(API_TITLE=title, API_VERSION=version, OPENAPI_VERSION="3.1.0")
        super().__init__(
            app,
            spec_kwargs={
                "info": {"description": description, "license": _LICENSE},
                "servers": [{"url": at or "/"}],
                "components": {
                    "securitySchemes": {
                        "token": {"type": "http", "scheme": "bearer"},
                        "basic": {"type": "http", "scheme": "basic"},
                    }
                },
                "security": [{"token": []}, {"basic": []}],
            },
        )
        self._served: bytes | None = None
        self._serving = threading.Lock()
        app.add_url_rule("/openapi.json", "openapi", lambda: self._serve(app))

    def _serve(self, app: Flask) -> Response:
        """The document of all that is registered by the time somebody asks."""
        with self._serving:
            if self._served is None:
                document = completed(self.document(), _names(app))
                self._served = json.dumps(document, indent=1).encode()
        return Response(self._served, mimetype="application/json")

    def error_responses(self) -> dict[str, dict[str, Any]]:
        """A problem document for every status."""
        content = {"application/problem+json": {"schema": self.ERROR_SCHEMA()}}
        named = {status.name: status.phrase for status in http.HTTPStatus}
        named["DEFAULT_ERROR"] = "A problem document"
        return {name: {"description": phrase, "content": content} for name, phrase in named.items()}


def _names(app: Flask) -> Names:
    """What the code calls the views: a function by its name, a class by its method and name."""
    return {
        (method.lower(), _ARGUMENT.sub(r"{\1}", rule.rule)): _name(app, rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }


def _name(app: Flask, endpoint: str, method: str) -> str:
    view = app.view_functions[endpoint]
    name = _CAPITAL.sub(r"_\1", getattr(view, "__name__", endpoint)).lower()
    return f"{method.lower()}_{name}" if hasattr(view, "view_class") else name
