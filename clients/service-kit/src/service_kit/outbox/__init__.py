"""The outbox: an event is written with the change it announces, and published after the commit."""

from service_kit.outbox.announce import Announcement, announce, announce_all
from service_kit.outbox.relay import Publish, Relay
from service_kit.outbox.store import Outbox
from service_kit.outbox.tables import outbox_table

__all__ = [
    "Announcement",
    "Outbox",
    "Publish",
    "Relay",
    "announce",
    "announce_all",
    "outbox_table",
]
