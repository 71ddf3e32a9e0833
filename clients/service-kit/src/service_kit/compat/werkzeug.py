"""werkzeug: the body of a request that a hook has read before the view.

`Request.get_data` keeps it in an attribute of its own; what reads the stream after finds nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from werkzeug import Request


def read_before(request: "Request") -> bytes | None:
    """The whole body, where somebody has read it with `get_data` (as `get_json` does) and so kept
    it; else None."""
    kept: bytes | None = getattr(request, "_cached_data", None)
    return kept
