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
from collections.abc import Callable, Collection

from service_kit.content_coding import unpacked
from service_kit.errors import Unreadable

_BEFORE_TEXT = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"  # byte order marks, UTF-16's zeros, white space
_PAGE = re.compile(
    rb"(?:\s|(?><\?.*?\?>)|(?><!--.*?-->))*+<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_SAYS_FAILED = re.compile(rb'"failed\\*"', re.IGNORECASE)
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def refused_ids(
    body: bytes, ids: Callable[[], Collection[str]], *, coding: str = "", cut_off: bool = False
) -> frozenset[str]:
    """Those of a delivery's ids that the body of a 2xx says were not taken. Raises Unreadable.

    `ids` is called where the body may name some; `coding` is its Content-Encoding; `cut_off`:
    there was more of it than was read.
    """
    body = unpacked(body, coding)
    text = body.lstrip(_BEFORE_TEXT)
    is_unseen = cut_off and not text
    if is_unseen or text[:1] == b"{" or _SAYS_FAILED.search(body):
        return _named(_json(body, cut_off=cut_off), ids())
    if _PAGE.match(text):
        raise Unreadable("the answer is a page for people")
    if _NO_TEXT.search(body):
        raise Unreadable("the answer is not text")
    return frozenset()


def _json(body: bytes, *, cut_off: bool) -> object:
    """The value of a JSON text; ids are ASCII, so of its character set only that matters."""
    if cut_off:
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


def _named(value: object, ids: Collection[str]) -> frozenset[str]:
    named = value.get("failed") if isinstance(value, dict) else None
    if not named:
        if _fails_further_in(value, ids):
            raise Unreadable("the answer names events under a `failed` that is not its own")
        return frozenset()
    if not isinstance(named, list) or not all(isinstance(one, str) and one in ids for one in named):
        raise Unreadable("the answer's `failed` is no list of ids of this delivery")
    return frozenset(named)


def _fails_further_in(value: object, ids: Collection[str]) -> bool:
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
        elif isinstance(one, str) and _fails(one, ids, is_failed):
            return True
    return False


def _fails(text: str, ids: Collection[str], is_failed: bool) -> bool:
    return (is_failed or "failed" in text.lower()) and any(id in text for id in ids)
