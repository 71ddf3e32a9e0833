"""Work in the background, on huey: iterations over large collections, and prefetching.

They live here and not in a service because every subscriber needs them sooner or later: to catch
up with what happened before it subscribed (`fetching`), and, being the publisher, to let others
catch up (`announcing`). They share the drain's state, so they survive what the drain survives.
"""

from service_kit.extras import needs

with needs("bus-drain[jobs]"):
    from bus_drain.jobs.backfill import announcing, collection, fetching
    from bus_drain.jobs.iteration import Iteration, Step
    from bus_drain.jobs.iterations import Iterations
    from bus_drain.jobs.prefetching import prefetching
    from bus_drain.jobs.work import work

__all__ = [
    "Iteration",
    "Iterations",
    "Step",
    "announcing",
    "collection",
    "fetching",
    "prefetching",
    "work",
]
