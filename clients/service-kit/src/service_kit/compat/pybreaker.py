"""pybreaker: as it is without redis, which it imports where that is installed.

It could keep the state of breakers there. Ours is each process's own, and redis took a tenth of the
memory of each.
"""

from service_kit.compat.absent import absent

with absent("redis"):
    from pybreaker import (
        STATE_CLOSED,
        CircuitBreaker,
        CircuitBreakerError,
        CircuitMemoryStorage,
    )

__all__ = ["STATE_CLOSED", "CircuitBreaker", "CircuitBreakerError", "CircuitMemoryStorage"]
