"""How the doctor says what it has found out by itself."""

from bus_client.entities import Finding


def fine(about: str, said: str) -> Finding:
    """Nothing to do."""
    return Finding(about, "ok", said)


def look(about: str, said: str, do: str) -> Finding:
    """Perhaps not as meant."""
    return Finding(about, "look", said, do)


def bad(about: str, said: str, do: str) -> Finding:
    """It keeps events away."""
    return Finding(about, "bad", said, do)
