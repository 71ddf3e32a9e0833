"""The bus's worker, which looks for what is new only when it is told of it."""

from bus.delivery import tail
from bus.worker import main

if __name__ == "__main__":
    tail._POLL_MS = 3_600_000
    main()
