"""What the server's name means, asked in a thread apart: the system's resolver knows no deadline
of ours."""

import socket
import threading
from collections.abc import Callable

Addresses = tuple[str, ...]


def look_up(host: str) -> Addresses:
    """The addresses of a host, the best first. Blocks, even for 30 s. Raises OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))


class LookUp:
    """Looks one host up, once at a time: who comes while that hangs waits for the same answer."""

    def __init__(self, host: str, ask: Callable[[str], Addresses] = look_up) -> None:
        self._host = host
        self._ask = ask
        self._asked: _Asked | None = None

    def __call__(self, seconds: float) -> Addresses:
        """Raises OSError when there is none, TimeoutError when it isn't known within `seconds`."""
        asked = self._asked = self._asked or _Asked(self._host, self._ask)
        if not asked.answered.wait(seconds):
            raise TimeoutError("its name can't be looked up in time")
        self._asked = None
        if asked.error is not None:
            raise asked.error
        return asked.addresses


class _Asked:
    def __init__(self, host: str, ask: Callable[[str], Addresses]) -> None:
        self.answered = threading.Event()
        self.addresses: Addresses = ()
        self.error: OSError | None = None
        threading.Thread(target=self._run, args=(host, ask), name="look-up", daemon=True).start()

    def _run(self, host: str, ask: Callable[[str], Addresses]) -> None:
        try:
            self.addresses = ask(host)
        except (OSError, UnicodeError) as error:  # the latter for what can be no name
            self.error = error if isinstance(error, OSError) else OSError(str(error))
        finally:
            self.answered.set()
