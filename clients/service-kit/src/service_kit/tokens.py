"""Tokens: long, random, shown once; what is kept of them is a digest."""

import hashlib
import re
import secrets

TOKEN_RULE = "16 to 255 visible ASCII characters"  # noqa: S105 - the rule, no token
_TOKEN = re.compile(r"[!-~]{16,255}")


def new_token() -> str:
    """A token of 32 random bytes, in letters that a URL, a header and the original client of
    routemaster (`[a-z0-9_-]{1,64}`) take."""
    return secrets.token_hex(32)


def digest(token: str) -> str:
    """What is kept of a token: SHA-256 in hex, which nobody can guess a long random one from."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def is_token(text: str) -> bool:
    """Whether a secret is long enough, and fits into the head of a request: TOKEN_RULE."""
    return _TOKEN.fullmatch(text) is not None
