"""The transactional outbox: an event is a row, written with the change that it tells of.

It needs `bus-client[outbox]`. `outbox_table` makes the table of your metadata, `announce` writes
an event within your transaction, `Relay.publish_waiting` publishes what waits, each topic in order
(docs/delivery.md D31). `open_database` is an engine whose transactions begin as `reading` or
`writing` says.
"""

from service_kit.extras import needs

with needs("bus-client[outbox]"):
    from service_kit.database import connect as open_database
    from service_kit.database import reading, writing
    from service_kit.outbox import Relay, announce, outbox_table

__all__ = ["Relay", "announce", "open_database", "outbox_table", "reading", "writing"]
