"""Saying something about a bidder or an amount without telling who or how much."""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache


def new_salt() -> str:
    """128 random bits as hex: nobody can try all amounts against a commitment."""
    return secrets.token_hex(16)


@lru_cache(maxsize=16_384)
def mask(key: str, url: str) -> str:
    """The name that a bidder goes by in the one auction whose `key` this is (10 base32 letters).

    Another auction has another key, so that nobody can follow a bidder from one to the next, and
    without the key nobody can try out URLs.
    """
    digest = hmac.digest(key.encode(), url.encode(), "sha256")
    return base64.b32encode(digest[:7])[:10].decode().lower()


def commitment(salt: str, amount_minor: int, currency: str) -> str:
    """SHA-256 over `SALT AMOUNT_MINOR CURRENCY`, as hex: opened by showing salt and amount."""
    return hashlib.sha256(f"{salt} {amount_minor} {currency}".encode()).hexdigest()
