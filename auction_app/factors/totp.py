"""Codes that an app shows (RFC 6238): six digits, another every 30 seconds."""

import hmac

import pyotp

STEP_MS = 30_000
DIGITS = 6
_ISSUER = "Gavel"
_SKEW_STEPS = 1
"""RFC 6238, 5.2: one step of the clock to either side."""


def new_secret() -> str:
    """160 random bits in base32 (RFC 4226, 4, R6)."""
    return pyotp.random_base32()


def matching_step(secret: str, code: str, *, now_ms: int) -> int | None:
    """The step that the code is of, of the three that are good now; None for any other code.

    | clock of the app | taken |
    |------------------|-------|
    | 30 s slow        | yes   |
    | right            | yes   |
    | 30 s fast        | yes   |
    | 60 s slow, fast  | no    |
    """
    if not is_code(code):
        return None
    now = now_ms // STEP_MS
    shown = pyotp.TOTP(secret)
    steps = range(now - _SKEW_STEPS, now + _SKEW_STEPS + 1)
    found = [step for step in steps if hmac.compare_digest(shown.generate_otp(step), code)]
    return found[-1] if found else None


def is_code(text: str) -> bool:
    """Whether it looks like a code of an app."""
    return len(text) == DIGITS and text.isascii() and text.isdigit()


def setup_uri(secret: str, account: str) -> str:
    """What an app reads from the picture (google-authenticator, Key Uri Format)."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=_ISSUER)


def picture(uri: str) -> str:
    """The QR code as an SVG element; no style in it, so that the page's policy holds."""
    import segno  # for the few who set an app up

    code = segno.make(uri, error="m", micro=False)
    return str(code.svg_inline(scale=4, border=4, dark="#000", light="#fff"))


def spelt(secret: str) -> str:
    """The secret as one types it, in groups of four."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
