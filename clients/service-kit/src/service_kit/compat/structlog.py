"""structlog: as it is without rich.

Where rich is installed (the command `bus` may bring it) structlog imports all of it, for tracebacks
in colours. Our lines are plain, and that was a tenth of what a process imports before it is ready.
"""

from service_kit.compat.absent import absent

with absent("rich"):
    import structlog

__all__ = ["structlog"]
