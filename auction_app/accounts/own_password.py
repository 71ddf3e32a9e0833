"""A password that says no more than the address it goes with is the first to be tried."""

from auction_app.errors import BadInput
from auction_app.web.common_passwords import bare


def check_says_more(password: str, email: str, *, field: str) -> None:
    """Raises BadInput for `field` when the password is the address, or a part of it, with or
    without digits and signs around it."""
    local, _, domain = email.partition("@")
    own = {email, local, domain, domain.partition(".")[0], local.partition("+")[0]}
    if bare(password) in {bare(part) for part in own}:
        raise BadInput({field: "password_is_address"})
