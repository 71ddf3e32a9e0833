"""The event bus: one append-only log, many cursors, thin events pushed in batches."""

__version__ = "0.1.0"
