"""From a body to events, strictly: an array of events or nothing."""

import re

import msgspec

from bus_drain.errors import Malformed, NotJson
from bus_drain.event import Event

_JSON = re.compile(r"application/(?:[a-z0-9!#$&^_.+-]+\+)?json", re.IGNORECASE)
_DECODER = msgspec.json.Decoder(tuple[Event, ...])


def parse(body: bytes, content_type: str | None) -> tuple[Event, ...]:
    """Events in the order of the body; pure.

    The Content-Type may carry any parameters: JSON is UTF-8 whatever charset says (RFC 8259, 8.1).

    Raises NotJson for another media type, Malformed for anything that isn't an array of events.
    """
    media_type = (content_type or "").partition(";")[0].strip()
    if not _JSON.fullmatch(media_type):
        raise NotJson("The Content-Type must be application/json")
    try:
        return _DECODER.decode(body)
    except (msgspec.DecodeError, ValueError) as error:  # ValueError: bad UTF-8
        raise Malformed(f"The body is not an array of events: {error}") from error
    except RecursionError as error:
        raise Malformed("The body is not an array of events: nested too deeply") from error
