"""`/.well-known/security.txt` (RFC 9116): whom to tell of a security fault."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from service_kit.problems import Problem

if TYPE_CHECKING:
    from flask import Flask

_HOLDS = timedelta(days=90)
_SCHEMES = ("mailto:", "https://", "tel:")


def contact(text: str) -> str:
    """Read `mailto:ADDRESS`, an https URL or `tel:NUMBER`. Raises ValueError."""
    is_line = text.isascii() and text.isprintable() and " " not in text
    if not is_line or not text.startswith(_SCHEMES) or text in _SCHEMES:
        raise ValueError("must be mailto:ADDRESS, https://… or tel:NUMBER")
    return text


def is_placeholder(whom: str) -> bool:
    """Whether a contact is an example's: it reaches nobody."""
    return whom.endswith(".example")


def install_security_txt(app: "Flask", whom: str | None, public_url: str | None) -> None:
    """Serve it from a Flask app whose operator has said whom to tell; else there is none. Without a
    public URL it doesn't say where it is to be found."""
    from flask import Response

    path = "/.well-known/security.txt"

    @app.get(path)
    def security_txt() -> Response:
        if whom is None:
            raise Problem(404, "Not found")
        until = (datetime.now(UTC) + _HOLDS).strftime("%Y-%m-%dT%H:%M:%SZ")
        lines = [f"Contact: {whom}", f"Expires: {until}"]
        if public_url is not None:
            lines.append(f"Canonical: {public_url}{path}")
        return Response(
            "".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8"
        )
