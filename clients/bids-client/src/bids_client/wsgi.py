"""Calling a WSGI app in the same process, as if it were on the network."""

import sys
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class WsgiTransport(BaseAdapter):
    """A requests adapter that hands every request to `app`. Exceptions of the app are raised."""

    def __init__(self, app: WsgiApp) -> None:
        super().__init__()
        self._app = app

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, **_options: Any
    ) -> requests.Response:
        """Run the app and wrap its answer; time-outs, proxies and certificates have no meaning."""
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_exc_info: Any) -> Any:
            started[:] = [(status, headers)]
            return lambda _data: None

        chunks = self._app(_environ(request), start_response)
        try:
            body = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        status, headers = started[0]
        return _response(request, status, headers, body)

    def close(self) -> None:
        """Nothing to close."""


def _environ(request: requests.PreparedRequest) -> dict[str, Any]:
    parts = urlsplit(request.url or "")
    body = request.body.encode() if isinstance(request.body, str) else request.body or b""
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        # PEP 3333: bytes of the path, each as the character of its number.
        "PATH_INFO": unquote(parts.path, "latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": str(parts.port or {"http": 80, "https": 443}[parts.scheme]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": BytesIO(bytes(body)),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    return environ | _header_variables(request.headers, parts.netloc)


def _header_variables(headers: Mapping[str, str], host: str) -> dict[str, str]:
    variables = {f"HTTP_{name.upper().replace('-', '_')}": text for name, text in headers.items()}
    for bare in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if f"HTTP_{bare}" in variables:
            variables[bare] = variables.pop(f"HTTP_{bare}")
    return {"HTTP_HOST": host} | variables


def _response(
    request: requests.PreparedRequest, status: str, headers: list[tuple[str, str]], body: bytes
) -> requests.Response:
    code, _, reason = status.partition(" ")
    raw = HTTPResponse(
        BytesIO(body),
        headers=HTTPHeaderDict(headers),
        status=int(code),
        reason=reason,
        preload_content=False,
    )
    return HTTPAdapter().build_response(request, raw)
