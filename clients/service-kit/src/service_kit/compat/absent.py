"""Importing a library without another that it would bring along, where that is installed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def absent(name: str) -> Iterator[None]:
    """Meanwhile importing it fails, as where it is not installed; if nobody has imported it yet."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment] # how Python notes that it is not there
    try:
        yield
    finally:
        del sys.modules[name]
