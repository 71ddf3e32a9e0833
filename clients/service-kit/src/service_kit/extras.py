"""What an extra of a client brings, or a word that says which one to install."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Around imports; `extra` is as pip is told it, "bus-drain[flask]". Raises ImportError, with
    what to install, where something is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        told = f"{error.name} is missing: pip install '{extra}'"
        raise ImportError(told, name=error.name) from error
