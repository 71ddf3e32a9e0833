"""flask-smorest: an API that registers no error handlers, and a blueprint that has types.

Its own handlers drop `Allow` and answer in a form of their own, and no setting leaves them out.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import flask
import flask_smorest
import marshmallow as ma

V = TypeVar("V")

if TYPE_CHECKING:

    class Blueprint(flask.Blueprint):
        """What flask-smorest's untyped blueprint has, for the type checker."""

        def __init__(self, *args: Any, description: str = "", **options: Any) -> None: ...
        def route(self, rule: str, **options: Any) -> Callable[[V], V]: ...
        def arguments(self, schema: Any, **options: Any) -> Callable[[V], V]: ...
        def response(self, status: int, schema: Any = None, **options: Any) -> Callable[[V], V]: ...
        def alt_response(self, status: int, name: Any = None, **o: Any) -> Callable[[V], V]: ...
        def doc(self, **documentation: Any) -> Callable[[V], V]: ...
else:
    Blueprint = flask_smorest.Blueprint


class BareApi(flask_smorest.Api, ABC):  # type: ignore[misc,unused-ignore]
    """Registers no error handlers; `error_responses` are the answers that views may refer to."""

    ERROR_SCHEMA: type[ma.Schema]

    @abstractmethod
    def error_responses(self) -> dict[str, dict[str, Any]]:
        """The answers of the OpenAPI document to refer to, by name."""

    def _register_error_handlers(self) -> None:
        pass

    def _register_responses(self) -> None:
        for name, response in self.error_responses().items():
            self.spec.components.response(name, response)
