"""Pages travel packed to who takes that, where nothing secret is in them.

A page of a session holds its token beside what its visitor typed: packed, its length would tell of
the token (BREACH, CVE-2013-3587).
"""

import gzip

from flask import Flask, Response, request, session

from auction_app.web.session_cookie import SESSION_COOKIE

_FROM_BYTES = 1_000
_KINDS = {"text/html", "application/xml", "application/atom+xml"}


def install_compression(app: Flask) -> None:
    """Pack the pages of strangers."""

    @app.after_request
    def pack(response: Response) -> Response:
        if response.mimetype not in _KINDS or response.is_streamed:
            return response
        response.vary.add("Accept-Encoding")
        if _is_public(response) and request.accept_encodings["gzip"]:
            body = response.get_data()
            if len(body) >= _FROM_BYTES:
                response.set_data(gzip.compress(body, compresslevel=5, mtime=0))
                response.headers["Content-Encoding"] = "gzip"
        return response


def _is_public(response: Response) -> bool:
    begins = session.modified or "Set-Cookie" in response.headers
    return SESSION_COOKIE not in request.cookies and not begins
