"""webargs: a parser that reads JSON bodies our way, whatever their Content-Type says."""

from abc import ABC, abstractmethod
from typing import Any

from flask import Request
from webargs import core
from webargs.flaskparser import FlaskParser

MISSING: Any = core.missing


class BodyParser(FlaskParser, ABC):
    """Asks `read_body` for what is in a request's JSON body."""

    @abstractmethod
    def read_body(self, request: Request) -> Any:
        """The body as values, or MISSING."""

    def _raw_load_json(self, req: Request) -> Any:
        return self.read_body(req)
