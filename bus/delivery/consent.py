"""What the body of a 2xx says: that all was taken, or all but these. Pure (docs/delivery.md D16).

| the body                                                    | says                            |
|-------------------------------------------------------------|---------------------------------|
| none; text, whatever it says; JSON without `failed`         | all was taken                   |
| `{"failed": …}` with nothing in it: `[]`, `0`, `null`       | all was taken                   |
| `{"failed": ["<id>", …]}` with ids of this delivery         | all was taken but these         |
| `failed` with anything else in it, or in JSON that is none  | unreadable: who knows which     |
| one of them under a `failed` further in, or one in a string | unreadable: nearly a refusal    |
| JSON that is cut off                                        | unreadable                      |
| not text, or packed so that it can't be unpacked            | unreadable                      |
| a whole HTML page: of a login, a challenge, maintenance     | unreadable: nobody's answer     |

An answer in doubt costs a repeat; an event that counts as taken in doubt would be lost.
"""

import json
import re
from collections.abc import Collection, Sequence

from bus.delivery.answer import Answer
from bus.delivery.content_coding import unpacked
from bus.errors import Unreadable
from bus.model.event import LogEvent

_ID = re.compile(rb'"id":"([^"\\]+)","position":\d+\}$')
_BEFORE_TEXT = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"  # byte order marks, UTF-16's zeros, white space
_PAGE = re.compile(
    rb"(?:\s|(?><\?.*?\?>)|(?><!--.*?-->))*+<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_SAYS_FAILED = re.compile(rb'"failed\\*"', re.IGNORECASE)
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def refused(answer: Answer, events: Sequence[LogEvent]) -> tuple[LogEvent, ...]:
    """Those of the events that a 2xx says were not taken. Raises Unreadable."""
    body = unpacked(answer.body, ", ".join(answer.headers("content-encoding")))
    text = body.lstrip(_BEFORE_TEXT)
    is_unseen = answer.cut_off and not text
    if is_unseen or text[:1] == b"{" or _SAYS_FAILED.search(body):
        return _named(_json(body, answer), events)
    if _PAGE.match(text):
        raise Unreadable("the answer is a page for people")
    if _NO_TEXT.search(body):
        raise Unreadable("the answer is not text")
    return ()


def event_id(event: LogEvent) -> str:
    """The `id` that subscribers know an event by: it ends the JSON that they get."""
    match = _ID.search(event.body)
    return match[1].decode() if match else str(event.position)


def _json(body: bytes, answer: Answer) -> object:
    """The value of a JSON text; ids are ASCII, so of its character set only that matters."""
    if answer.cut_off:
        raise Unreadable("the answer is too long to be read")
    try:
        return _parsed(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("the answer is no JSON") from error


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body, object_pairs_hook=_of_distinct)
    except UnicodeDecodeError:
        return json.loads(body.decode("latin-1"), object_pairs_hook=_of_distinct)


def _of_distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object; one that says something twice says nothing."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name that is there twice")
    return found


def _named(value: object, events: Sequence[LogEvent]) -> tuple[LogEvent, ...]:
    named = value.get("failed") if isinstance(value, dict) else None
    ours = {event_id(event): event for event in events}
    if not named:
        if _fails_further_in(value, ours):
            raise Unreadable("the answer names events under a `failed` that is not its own")
        return ()
    if not isinstance(named, list) or not all(_is_among(one, ours) for one in named):
        raise Unreadable("the answer's `failed` is no list of ids of this delivery")
    return tuple(event for id, event in ours.items() if id in named)


def _is_among(id: object, ours: dict[str, LogEvent]) -> bool:
    return isinstance(id, str) and id in ours


def _fails_further_in(value: object, ours: Collection[str]) -> bool:
    """Whether events are named as failed where nobody looks: by a receiver whose answer was put
    into another one, as gateways do, or who spells the name in another way."""
    inside: list[tuple[object, bool]] = [(value, False)]
    while inside:
        one, is_failed = inside.pop()
        if isinstance(one, dict):
            for name, item in one.items():
                inside += (name, is_failed), (item, is_failed or name.lower() == "failed")
        elif isinstance(one, list):
            inside += ((item, is_failed) for item in one)
        elif isinstance(one, str) and _fails(one, ours, is_failed):
            return True
    return False


def _fails(text: str, ours: Collection[str], is_failed: bool) -> bool:
    return (is_failed or "failed" in text.lower()) and any(id in text for id in ours)
