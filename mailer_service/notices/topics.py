"""Which events may be about something to write."""

from bus_drain import Event

from mailer_service.model.entities import MAX_URL_LENGTH

TOPICS = (
    "bids",
    "biddings",
    "customers",
    "questions",
    "orders",
    "messages",
    "reminders",
    "offers",
    "statements",
)
"""What the mailer subscribes to."""

RESYNC = "resync"
"""Stands in the inbox for a topic, with the URL of the list of running auctions."""

_FIRST = frozenset({"customers", "reminders"})


def is_news(event: Event) -> bool:
    """Whether an event may be about something to write.

    A `noop` says that nothing changed and is used for backfills, which must not write to
    everybody again; of what was deleted there is nothing left to say. The bus takes no URL
    longer than MAX_URL_LENGTH.
    """
    known = event.topic in TOPICS and event.type in {"create", "update"}
    return known and len(event.url) <= MAX_URL_LENGTH


def priority_of(topic: str) -> int:
    """0, before all others, for topics where somebody waits for a link; 1 for the rest."""
    return 0 if topic in _FIRST else 1
