"""Waiting in a loop for what another thread finds: the loop is told once for all who wait."""

import asyncio
from collections import deque
from contextlib import suppress

# Who is woken writes at once, all in one turn of the loop: publishers come in between turns.
_AT_ONCE = 32


class LoopWaits:
    """The waits of one loop. To be made and waited with there; `wake` is for any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._woken: deque[asyncio.Future[None]] = deque()
        self._is_told = False

    def begin(self) -> asyncio.Future[None]:
        """Something to wait for."""
        return self._loop.create_future()

    def wake(self, waiting: asyncio.Future[None]) -> None:
        """Wake one. Nothing happens once the loop is closed."""
        self._woken.append(waiting)
        if not self._is_told:
            self._is_told = True
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._wake_some)

    async def wait(
        self, waiting: asyncio.Future[None], gone: asyncio.Future[None], left_s: float
    ) -> None:
        """Until it is woken, so many seconds have passed, or `gone` is done."""

        def end(_: object = None) -> None:
            _resolve(waiting)

        timer = self._loop.call_later(left_s, end)
        gone.add_done_callback(end)
        try:
            await waiting
        finally:
            timer.cancel()
            gone.remove_done_callback(end)

    def _wake_some(self) -> None:
        self._is_told = False  # before it is looked what there is: who comes later tells again
        for _ in range(min(len(self._woken), _AT_ONCE)):
            _resolve(self._woken.popleft())
        if self._woken and not self._is_told:
            self._is_told = True
            self._loop.call_soon(self._wake_some)


def _resolve(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
