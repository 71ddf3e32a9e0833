"""What the views work with, and how they reach it."""

from dataclasses import dataclass
from typing import Any, cast

from flask import current_app, request
from service_kit.access import shown_token
from service_kit.bodies import read_json
from service_kit.clock import Clock

from bus.access import Access
from bus.model import Client
from bus.publish.publisher import Publisher
from bus.storage import Storage

_EXTENSION = "bus"


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that one app is made of."""

    storage: Storage
    access: Access
    publisher: Publisher
    trusted_hosts: tuple[str, ...]
    now_ms: Clock


def install_parts(app: Any, parts: Parts) -> None:
    """Let the views of this app find their parts."""
    app.extensions[_EXTENSION] = parts


def parts() -> Parts:
    """The parts of the app that handles the current request."""
    return cast(Parts, current_app.extensions[_EXTENSION])


def calling_client() -> Client:
    """The client that makes the current request. Raises NotAuthenticated."""
    return parts().access.client(shown_token(request))


def require_anybody() -> None:
    """Raises NotAuthenticated unless the caller is a client or root."""
    parts().access.anybody(shown_token(request))


def require_root() -> None:
    """Raises NotAuthenticated unless the caller is root."""
    parts().access.root(shown_token(request))


def body() -> Any:
    """The current request's JSON. Raises Problem 400 or 413."""
    return read_json(request)
