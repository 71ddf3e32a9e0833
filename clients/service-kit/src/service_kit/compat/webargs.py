"""webargs: a parser that reads JSON bodies our way, whatever their Content-Type says."""

from typing import Any

from flask import Request
from webargs import core
from webargs.flaskparser import FlaskParser

MISSING: Any = core.missing


class BodyParser(FlaskParser):
    """Asks `read_body` for what is in a request's JSON body."""

    def read_body(self, request: Request) -> Any:
        """The body as values, or MISSING."""
        raise NotImplementedError

    def _raw_load_json(self, req: Request) -> Any:
        return self.read_body(req)
