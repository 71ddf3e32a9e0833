"""The interpreter: its end, in a process that must not go back to the frames that it was forked in.

`multiprocessing` ends its forks in the same way; which functions it takes is their business.
"""

import atexit
import os
import sys
import threading
from typing import NoReturn


def end(status: int) -> NoReturn:
    """End this process as an interpreter ends: wait for threads, then what `atexit` was told."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)
