"""The amount that somebody had typed when their session turned out to be over: it waits in their
browser, to be looked at again after they have signed in. It never becomes a bid by itself."""

from flask import Response, after_this_request, request

from auction_app.accounts.visitor import this_device, visitor
from auction_app.parts import Parts
from auction_app.web.security import keep_cookie

_COOKIE, _USE = "gavel_typed", "typed-amount"
_KEPT_S = 30 * 60
_LONGEST = 40


def keep_typed(parts: Parts, auction_id: str, typed: str, *, of: str | None = None) -> None:
    """Keep it for the customer of that id, or for whoever signed in last in this browser: nobody
    else who signs in here gets to see it. Without either nothing is kept: a page elsewhere could
    have sent the form."""
    owner = next(iter(this_device(parts).customer_ids), None)
    if owner is None or not typed or len(typed) > _LONGEST:
        return
    value = parts.signatures.sign(_USE, [of or owner, auction_id, typed, parts.clock()])

    @after_this_request
    def keep(answer: Response) -> Response:
        keep_cookie(parts, answer, _COOKIE, value, max_age_s=_KEPT_S)
        return answer


def typed_before(parts: Parts, auction_id: str) -> str | None:
    """What the visitor had typed for this auction; None when nothing is kept for them."""
    who = visitor(parts).customer
    if who is None or _COOKIE not in request.cookies:
        return None
    try:
        owner, about, typed, at_ms = parts.signatures.read(_USE, request.cookies[_COOKIE])
    except (ValueError, TypeError):
        return None
    fresh = parts.clock() - at_ms <= _KEPT_S * 1000
    return str(typed) if (owner, about) == (who.id, auction_id) and fresh else None


def forget_typed(answer: Response) -> Response:
    """It is on its way again."""
    if _COOKIE in request.cookies:
        answer.delete_cookie(_COOKIE)
    return answer
