"""What became of the last write: a store that reads well and can't be written to isn't ready."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from service_kit.errors import StoreUnavailable

# Who has written nothing for so long doesn't know, and tries.
KNOWN_FOR_S = 10.0


class LastWrite:
    """The outcome of this process's last write to a database, and when that was."""

    def __init__(self, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._steady_s = steady_s
        self._passed_s: float | None = None
        self._damage: StoreUnavailable | None = None

    def check_whole(self) -> None:
        """Raise what a write has failed with because of damage, until one passes: whoever tries
        something small elsewhere would not find it."""
        if self._damage is not None:
            raise self._damage

    @property
    def passed_lately(self) -> bool:
        """Whether the last write passed, and not long ago.

        | the last write              | passed lately |
        |-----------------------------|---------------|
        | none yet                    | no            |
        | failed                      | no            |
        | passed less than 10 s ago   | yes           |
        | passed before               | no            |
        """
        return self._passed_s is not None and self._steady_s() - self._passed_s < KNOWN_FOR_S

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note what becomes of a write. What else goes wrong in it says nothing of the store."""
        try:
            yield
        except StoreUnavailable as error:
            self._passed_s = None
            self._damage = error if error.is_damaged else self._damage
            raise
        self._passed_s, self._damage = self._steady_s(), None
