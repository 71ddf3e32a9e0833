"""The pages of an account."""

from collections.abc import Iterator

from flask import Blueprint

from auction_app.accounts.accept_terms import TermsInForce
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.views import (
    passkeys,
    recovery,
    second_step,
    sessions,
    settings,
    sign_up,
    two_factor,
)
from auction_app.parts import Parts


def blueprints(parts: Parts, passwords: Passwords, terms: TermsInForce) -> Iterator[Blueprint]:
    """All addresses of the feature; `terms` says which version of the terms of use holds."""
    yield sign_up.pages(parts, passwords, terms)
    yield sign_up.verification_link(parts)
    yield sessions.pages(parts, passwords)
    yield second_step.pages(parts)
    yield second_step.by_passkey(parts)
    yield settings.account(parts, passwords)
    yield settings.address_link(parts)
    yield settings.credentials(parts, passwords)
    yield two_factor.pages(parts, passwords)
    yield two_factor.setup_pages(parts, passwords)
    yield passkeys.pages(parts, passwords)
    yield passkeys.removal(parts, passwords)
    yield recovery.pages(parts, passwords)
