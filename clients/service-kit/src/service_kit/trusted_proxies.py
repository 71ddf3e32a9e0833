"""What proxies of ours say of a request: who asks, over which scheme, for which host."""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from service_kit.config import number

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Flask

_SCHEMES = frozenset({"http", "https"})
_HOST = re.compile(r"[A-Za-z0-9._\-\[\]:]{1,255}", re.ASCII)

proxies: Callable[[str], int] = number(0, 20)
"""A `parse` of how many proxies of ours stand before a process."""


def trust_proxies(app: "Flask", hops: int) -> None:
    """Believe what `hops` proxies of ours, one behind the other, have said of a request; what
    stands before it anybody may have made up. None: the connection alone says who asks.

    | header            | each of them has                   | taken is                            |
    |-------------------|------------------------------------|-------------------------------------|
    | X-Forwarded-For   | appended whom the request is from  | the `hops`th from the end, or       |
    |                   |                                    | nothing where there are fewer       |
    | X-Forwarded-Proto | appended, passed on or set it      | the same, or the first of fewer     |
    | X-Forwarded-Host  | as the proto                       | as of the proto                     |

    A value that is no scheme, or no host, is passed over. Commas part the values, whatever quotes
    there are: what a visitor begins no proxy's value ends.
    """
    if hops:
        app.wsgi_app = _behind(app.wsgi_app, hops)  # type: ignore[assignment, method-assign]


def _behind(app: "WSGIApplication", hops: int) -> "WSGIApplication":
    def call(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        written_for = _values(environ, "HTTP_X_FORWARDED_FOR")
        if len(written_for) >= hops and written_for[-hops]:
            environ["REMOTE_ADDR"] = written_for[-hops]
        scheme = _outermost(environ, "HTTP_X_FORWARDED_PROTO", hops).lower()
        if scheme in _SCHEMES:
            environ["wsgi.url_scheme"] = scheme
        host = _outermost(environ, "HTTP_X_FORWARDED_HOST", hops)
        if _HOST.fullmatch(host):
            environ["HTTP_HOST"] = host
        return app(environ, start_response)

    return call


def _outermost(environ: dict[str, Any], name: str, hops: int) -> str:
    values = _values(environ, name)
    return values[-min(hops, len(values))] if values else ""


def _values(environ: dict[str, Any], name: str) -> list[str]:
    text: str = environ.get(name, "")
    return [value.strip() for value in text.split(",")] if text else []
