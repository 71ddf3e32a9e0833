"""A fork of this process that becomes another, as if it had been started anew.

Nothing of this one goes along but what it has loaded: the child closes every descriptor, has no
thread but its own, and handles signals as a new process does.
"""

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn, TextIO

from service_kit.compat.interpreter import end

_HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PR_SET_PDEATHSIG = 1
_prctl = getattr(ctypes.CDLL(None), "prctl", None)


def keep_room_for_names() -> None:
    """So that a fork can have a name of its own. To be called before anything is set in the
    environment: where the room is, is found by what this process was started with."""
    if sys.platform == "linux":
        from setproctitle import getproctitle

        getproctitle()


def fork(become: Callable[[], object], output: int) -> int:
    """A process in a session of its own that calls `become` and ends with it; what it says goes to
    the descriptor `output`. Returns its pid.

    To be called while this process has one thread. The kernel ends the child with the thread that
    called (on Linux). Raises OSError.
    """
    parent = os.getpid()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)  # our handlers are not for the child
    try:
        pid = os.fork()
        if pid == 0:
            _live(become, output, parent)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return pid


def run_shell(command: str) -> NoReturn:
    """Become a command line of the shell's; a signal gets to the program and not to a shell."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # this interpreter ignores these
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    os.execv("/bin/sh", ["sh", "-c", f"exec {command}"])  # noqa: S606 - a Procfile holds such


def _live(become: Callable[[], object], output: int, parent: int) -> NoReturn:
    status = 1
    try:
        _begin(output, parent)
        status = _status_of(become)
    finally:  # whatever happens: the child does not go on as its parent
        end(status)


def _begin(output: int, parent: int) -> None:
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)
    _end_with(parent)
    for number, descriptor in enumerate((os.open(os.devnull, os.O_RDONLY), output, output)):
        os.dup2(descriptor, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - they are open to the end
    sys.stdout, sys.stderr = _lines(1), _lines(2)


def _lines(descriptor: int) -> TextIO:
    """Each line is written at once: whoever is killed has said what it said."""
    return open(descriptor, "w", buffering=1, errors="backslashreplace", closefd=False)


def _end_with(parent: int) -> None:
    """Have the kernel end this process when its parent ends; only Linux's can."""
    if _prctl is None:
        return
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it was quicker
        os.kill(os.getpid(), signal.SIGTERM)


def _status_of(become: Callable[[], object]) -> int:
    """As the interpreter's own."""
    try:
        become()
    except SystemExit as error:
        if error.code is None or isinstance(error.code, int):
            return error.code or 0
        print(error.code, file=sys.stderr)  # noqa: T201
        return 1
    except BaseException:  # noqa: BLE001 - there is nobody above
        traceback.print_exc()
        return 1
    return 0
