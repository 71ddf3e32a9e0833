"""Codes on paper for whoever has lost the app: each is good once."""

import secrets

from service_kit.tokens import digest

HOW_MANY = 10
_GROUPS, _GROUP = 4, 4
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without what one misreads


def new_codes() -> tuple[str, ...]:
    """Ten codes of 79 bits such as "k7wd-2mxq-…": shown once, for only their digests are kept."""
    return tuple(_new_code() for _ in range(HOW_MANY))


def code_digest(customer_id: str, code: str) -> str:
    """What is kept of a code, however its reader writes it."""
    bare = "".join(code.casefold().replace("-", "").split())
    return digest(f"recovery {customer_id} {bare}")


def _new_code() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)
