"""The pages of an account."""

from collections.abc import Iterator

from flask import Blueprint

from auction_app.accounts.passwords import Passwords
from auction_app.accounts.views import recovery, sessions, settings, sign_up
from auction_app.parts import Parts


def blueprints(parts: Parts, passwords: Passwords) -> Iterator[Blueprint]:
    """All addresses of the feature."""
    yield sign_up.pages(parts, passwords)
    yield sign_up.verification_link(parts)
    yield sessions.pages(parts, passwords)
    yield settings.account(parts, passwords)
    yield settings.address_link(parts)
    yield settings.credentials(parts, passwords)
    yield recovery.pages(parts, passwords)
