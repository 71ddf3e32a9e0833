"""What the bus remembers: the log, and the registry around it."""

from bus.log.event_log import EventLog, Listener
from bus.storage.store import Storage, is_made, open_storage

__all__ = ["EventLog", "Listener", "Storage", "is_made", "open_storage"]
