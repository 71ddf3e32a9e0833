"""What the address of a request may hold: nothing that a database refuses to take."""

from typing import TYPE_CHECKING, Any

from service_kit.problems import Problem

if TYPE_CHECKING:
    from flask import Flask

LARGEST_ID = 2**63 - 1


def install_storable(app: "Flask") -> None:
    """Answer 400 for a NUL in path or query, and 404 for numbers in the path that no database
    counts to; call it before anything else that looks at requests.

    A path or query can't hold half a surrogate pair: what is no UTF-8 was replaced by then. Bodies
    are `service_kit.bodies`' matter.
    """
    from flask import request
    from werkzeug.routing import IntegerConverter

    class Id(IntegerConverter):
        def __init__(self, *args: Any, **how: Any) -> None:
            super().__init__(*args, **{"max": LARGEST_ID, **how})

    app.url_map.converters["int"] = Id

    @app.before_request
    def refuse_nul() -> None:
        if "\x00" in request.path or b"%00" in request.query_string:
            raise Problem(400, "The address holds a NUL")
