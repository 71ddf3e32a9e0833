"""What an endpoint said, as it said it, and at which address."""

from urllib.parse import urlsplit

from bus.model.delivery import Attempt, LastAnswer

_QUOTED = 200


def spoken(callback: str, one: Attempt | LastAnswer) -> str:
    """A sentence to go on with, such as ` https://s.example/e answered 422: "no such bid".`; of a
    pulled subscription nothing, for there is no endpoint."""
    if not callback:
        return ""
    where = shown_callback(callback)
    if one.status is None:
        why = excerpt((one.error or "no answer").encode())
        return f" {where} gave no answer: {why}."
    body = one.response_body if isinstance(one, Attempt) else b""
    words = excerpt(body) or excerpt((one.error or "").encode())
    quoted = f": \u201c{words}\u201d" if words else ", without a word"
    return f" {where} answered {one.status}{quoted}."


def shown_callback(callback: str) -> str:
    """Without its query, which may hold a secret."""
    parts = urlsplit(callback)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def excerpt(body: bytes) -> str:
    """How a body begins, in one line that can do nothing to a terminal or a sentence.

    | body               | excerpt          |
    |--------------------|------------------|
    | `no such\\n  bid\\0` | `no such bid`    |
    | 300 times `x`      | 200 of them and … |
    """
    text = bytes(body).decode("utf-8", "replace")
    plain = "".join(each if each.isprintable() else " " for each in text)
    words = " ".join(plain.split())
    return words if len(words) <= _QUOTED else f"{words[:_QUOTED]}…"
