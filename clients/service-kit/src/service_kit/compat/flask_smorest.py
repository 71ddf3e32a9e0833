"""flask-smorest: an API that registers no error handlers and describes its views when it is asked
to, and a blueprint that has types and whose views needn't say before what they are described by.

Its own handlers drop `Allow` and answer in a form of their own, and no setting leaves them out. It
describes each view as it is registered: most of the time that it takes to make an app, in every
process, for a document that few ask for. Each of its decorators also wraps the view once more.
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
        def describe(self, view: Callable[..., Any], decorated: Callable[[Any], Any]) -> None: ...
else:

    class Blueprint(flask_smorest.Blueprint):
        """Reads what is said of its views when the document is made."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._unread: list[Callable[[], None]] = []
            self._decorated: dict[Callable[..., Any], Callable[[Any], Any]] = {}

        def describe(self, view: Callable[..., Any], decorated: Callable[[Any], Any]) -> None:
            """Have the document say of a view what it would if it had been `decorated`."""
            self._decorated[view] = decorated

        def register_views_in_doc(self, *args: Any, **options: Any) -> None:
            for read in self._unread:
                read()
            self._unread.clear()
            super().register_views_in_doc(*args, **options)

        def _store_endpoint_docs(self, endpoint: str, view: Any, *args: Any, **how: Any) -> None:
            store = super()._store_endpoint_docs

            def read() -> None:
                decorated = self._decorated.get(view)
                store(endpoint, decorated(view) if decorated else view, *args, **how)

            self._unread.append(read)


class BareApi(flask_smorest.Api, ABC):  # type: ignore[misc,unused-ignore]
    """Registers no error handlers; `error_responses` are the answers that views may refer to.

    `spec` is there for who `describe`s, while `document` makes the OpenAPI document.
    """

    ERROR_SCHEMA: type[ma.Schema]
    spec: Any

    def __init__(self, app: flask.Flask, **options: Any) -> None:
        self._views: list[Any] = []
        self._descriptions: list[Callable[[], None]] = []
        super().__init__(app, **options)

    def register_blueprint(self, views: flask.Blueprint) -> None:
        """Register views in the app, and in the document once that is made."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][views.name] = self
        self._app.register_blueprint(views)
        self._views.append(views)

    def describe(self, description: Callable[[], None]) -> None:
        """Have it called when the document is made, to add to `spec` what no view says."""
        self._descriptions.append(description)

    def document(self) -> dict[str, Any]:
        """The document of all that is registered; for one thread at a time."""
        super()._init_spec(**self._spec_kwargs)
        for views in self._views:
            options = {"name": views.name, "parameters": None}
            views.register_views_in_doc(self, self._app, self.spec, **options)
            self.spec.tag({"name": views.name, "description": views.description})
        for description in self._descriptions:
            description()
        made: dict[str, Any] = self.spec.to_dict()
        self.spec = None
        return made

    @abstractmethod
    def error_responses(self) -> dict[str, dict[str, Any]]:
        """The answers of the OpenAPI document to refer to, by name."""

    def _init_spec(self, **_options: Any) -> None:
        pass

    def _register_error_handlers(self) -> None:
        pass

    def _register_responses(self) -> None:
        for name, response in self.error_responses().items():
            self.spec.components.response(name, response)
