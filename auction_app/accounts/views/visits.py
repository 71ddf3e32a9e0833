"""Who comes, and what a browser keeps of having signed in."""

from flask import Response, request
from service_kit.visitor_network import visitor_network

from auction_app.accounts.open_session import SignedIn, Visit
from auction_app.accounts.sessions import sign_out
from auction_app.accounts.visitor import forget, remember, remember_device, this_device
from auction_app.parts import Parts
from auction_app.web.negotiation import see_other


def visit(parts: Parts) -> Visit:
    """Where the request comes from."""
    return Visit(
        network=visitor_network(request),
        agent=request.headers.get("User-Agent", ""),
        device=this_device(parts),
    )


def let_in(parts: Parts, signed: SignedIn, goes_to: str) -> Response:
    """The new session in place of the one before it, and on to where the visitor wanted to go."""
    end_current(parts)
    remember(signed.token)
    answer = see_other(goes_to)
    remember_device(parts, answer, signed.customer_id)
    return answer


def end_current(parts: Parts) -> None:
    """End the session that the browser has, if it has one."""
    token = forget()
    if token:
        with parts.begin() as act:
            sign_out(act, token)
