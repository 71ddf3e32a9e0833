"""structlog: as it is without rich.

Where rich is installed (flask-limiter brings it) structlog imports all of it, for tracebacks in
colours. Our lines are plain, and that was a tenth of what a process imports before it is ready.
"""

import sys

_ABSENT = "rich" not in sys.modules
if _ABSENT:
    # How Python notes that a module is not there.
    sys.modules["rich"] = None  # type: ignore[assignment]
try:
    import structlog
finally:
    if _ABSENT:
        del sys.modules["rich"]

__all__ = ["structlog"]
