"""Names for things: random, so that none can be guessed from another."""

import re
import secrets

KEY = re.compile("[0-9a-f]{32}")
"""What `new_key` gives."""
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without what one misreads


def new_id() -> str:
    """Twelve characters, 59 bits: for what is public."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))


def new_key() -> str:
    """Thirty-two hex digits, 128 bits: for what must not be guessed."""
    return secrets.token_hex(16)
