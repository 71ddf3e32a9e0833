"""The visitor's words for a browser, and for how somebody signed in."""

from auction_app.web.i18n import _


def browser_name(agent: str) -> str:
    """Such as "Firefox, Linux": what most people would call what they sit at."""
    browser = _first(agent, ("Edg", "OPR", "Firefox", "Chrome", "Safari", "curl"))
    system = _first(agent, ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux"))
    friendly = {"Edg": "Edge", "OPR": "Opera", "Mac OS X": "macOS"}
    words = [friendly.get(word, word) for word in (browser, system) if word]
    return ", ".join(words) or _("Unknown browser")


def proof_word(proved_by: str) -> str:
    """How a session was opened."""
    return {
        "password": _("with the password"),
        "code": _("with password and code"),
        "passkey": _("with a passkey"),
    }[proved_by]


def _first(text: str, words: tuple[str, ...]) -> str | None:
    return next((word for word in words if word in text), None)


LABELS = (browser_name, proof_word)
"""What all templates may call."""
