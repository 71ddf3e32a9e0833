"""What the bus remembers: the logs, and the registry around them."""

from bus.log.event_log import EventLog, Listener
from bus.storage.logs import Logs, open_logs
from bus.storage.store import Storage, is_made, open_storage

__all__ = ["EventLog", "Listener", "Logs", "Storage", "is_made", "open_logs", "open_storage"]
