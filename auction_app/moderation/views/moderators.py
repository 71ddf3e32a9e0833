"""Who gets to the pages of moderators."""

from auction_app.accounts.model import Customer
from auction_app.accounts.visitor import check_second_factor, signed_in
from auction_app.moderation.moderate import check_moderator
from auction_app.parts import Parts


def moderator(parts: Parts) -> Customer:
    """The visitor. Raises NoSession; NotFound for everybody else; SecondFactorNeeded where the
    house wants one and the session took none."""
    me = signed_in(parts)
    check_moderator(me)
    check_second_factor(parts)
    return me
