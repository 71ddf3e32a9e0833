"""The bus: publishing, delivering, backlogs, outboxes, neighbours that hang, a long log, the
console, readers."""

from tests.bench import (
    bus_backlog,
    bus_console,
    bus_deliver,
    bus_hanging,
    bus_long_log,
    bus_outbox,
    bus_publish,
    bus_readers,
)

MEASUREMENTS = [
    *bus_publish.MEASUREMENTS,
    *bus_deliver.MEASUREMENTS,
    *bus_backlog.MEASUREMENTS,
    *bus_outbox.MEASUREMENTS,
    *bus_hanging.MEASUREMENTS,
    *bus_long_log.MEASUREMENTS,
    *bus_console.MEASUREMENTS,
    *bus_readers.MEASUREMENTS,
]
