"""The bus: publishing, delivering, a long log."""

from tests.bench import bus_deliver, bus_long_log, bus_publish

MEASUREMENTS = [
    *bus_publish.MEASUREMENTS,
    *bus_deliver.MEASUREMENTS,
    *bus_long_log.MEASUREMENTS,
]
