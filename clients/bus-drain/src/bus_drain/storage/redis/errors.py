"""Redis's errors in the drain's language."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis import RedisError

from bus_drain.errors import StateUnavailable


@contextmanager
def translated() -> Iterator[None]:
    """Raise StateUnavailable for what Redis or the way to it raises."""
    try:
        yield
    except RedisError as error:
        raise StateUnavailable(type(error).__name__) from error
