"""Tokens: long, random, shown once; what is kept of them is a digest."""

import hashlib
import secrets


def new_token() -> str:
    """A token of 32 random bytes, in letters that a URL, a header and the original client of
    routemaster (`[a-z0-9_-]{1,64}`) take."""
    return secrets.token_hex(32)


def digest(token: str) -> str:
    """What is kept of a token: SHA-256 in hex, which nobody can guess a long random one from."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
