"""Start a session for somebody who has proved who they are."""

from dataclasses import dataclass, field

from service_kit.tokens import digest, new_token

from auction_app.accounts.device import Device
from auction_app.accounts.outcomes import SessionOpened
from auction_app.accounts.repository import sessions
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.factors.model import ProvedBy
from auction_app.web.fields import LONGEST_AGENT, cut_line


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Where an attempt comes from: the visitor's network, the browser as it calls itself, and as we
    know it."""

    network: str
    agent: str
    device: Device


@dataclass(frozen=True)
class SignedIn:
    """The token for the cookie; only its digest is stored."""

    customer_id: str
    token: str = field(repr=False)


def open_session(
    act: UnitOfWork, customer_id: str, agent: str, proved_by: ProvedBy, session_ms: int
) -> SignedIn:
    """The session of a customer whose account is locked by `act`."""
    signed_in = SignedIn(customer_id, new_token())
    browser = cut_line(agent, LONGEST_AGENT)
    with act.performing(SessionOpened(customer_id, browser)):
        sessions.add(
            act.conn,
            token_digest=digest(signed_in.token),
            customer_id=customer_id,
            agent=browser,
            proved_by=proved_by,
            now_ms=act.now_ms,
            expires_at_ms=act.now_ms + session_ms,
        )
    return signed_in
