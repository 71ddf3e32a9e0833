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
        self._in_doubt = False
        self._damage: StoreUnavailable | None = None

    def check_whole(self) -> None:
        """Raise what a write has failed with because of damage, until one passes: whoever tries
        something small elsewhere would not find it."""
        if self._damage is not None:
            raise self._damage

    @property
    def is_in_doubt(self) -> bool:
        """Whether one failed, and no trial has passed since."""
        return self._in_doubt

    @property
    def passed_lately(self) -> bool:
        """Whether the last write passed, and not long ago.

        | the last write                                          | passed lately |
        |---------------------------------------------------------|---------------|
        | none yet                                                | no            |
        | failed, or passed but no trial has since one failed     | no            |
        | passed less than 10 s ago                               | yes           |
        | passed before                                           | no            |

        A write that passes after a failed one may be a smaller one.
        """
        if self._in_doubt or self._passed_s is None:
            return False
        return self._steady_s() - self._passed_s < KNOWN_FOR_S

    @contextmanager
    def tried(self) -> Iterator[None]:
        """Around a trial as large as what has failed: what passes there passes elsewhere."""
        yield
        self._in_doubt = False

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note what becomes of a write. What else goes wrong in it says nothing of the store."""
        try:
            yield
        except StoreUnavailable as error:
            self._in_doubt = True
            self._damage = error if error.is_damaged else self._damage
            raise
        self._passed_s, self._damage = self._steady_s(), None
