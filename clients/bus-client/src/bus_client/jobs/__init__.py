"""`huey:` buses: events that are delivered by a worker process of the same code base.

It needs `bus-client[huey]`, and for Redis or PostgreSQL `bus-client[redis]` or
`bus-client[postgresql]`.
"""

from service_kit.extras import needs

with needs("bus-client[huey]"):
    from bus_client.jobs.queue import open_queue
    from bus_client.jobs.queued import QueuedBus

__all__ = ["QueuedBus", "open_queue"]
