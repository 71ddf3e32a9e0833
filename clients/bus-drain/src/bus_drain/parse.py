"""From a body to events, strictly: an array of events or nothing."""

import re
from functools import lru_cache

import msgspec

from bus_drain.errors import Malformed, NotJson
from bus_drain.event import Event

_JSON = re.compile(r"application/(?:[a-z0-9!#$&^_.+-]+\+)?json", re.IGNORECASE)
_WORD = re.compile(r"[a-z_]{1,64}")
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
        events = _DECODER.decode(body)
    except (msgspec.DecodeError, ValueError) as error:  # ValueError: bad UTF-8
        raise Malformed(f"The body is not an array of events: {error}") from error
    except RecursionError as error:
        raise Malformed("The body is not an array of events: nested too deeply") from error
    for index, event in enumerate(events):
        if wrong := _what_is_wrong(event):
            raise Malformed(f"The body is not an array of events: bad {wrong} - at `$[{index}]`")
    return events


def _what_is_wrong(event: Event) -> str | None:
    # By hand, because a regular expression a field costs more than all the rest of the drain.
    if not _is_word(event.topic):
        return "topic"
    if not _is_word(event.type):
        return "type"
    return None if _is_url(event.url) else "url"


@lru_cache(1024)
def _is_word(text: str) -> bool:
    return _WORD.fullmatch(text) is not None


def _is_url(text: str) -> bool:
    scheme, _, rest = text.partition("://")
    if scheme not in {"https", "http"} or rest[:1] in {"", "/"}:
        return False
    return text.isprintable() and " " not in text
