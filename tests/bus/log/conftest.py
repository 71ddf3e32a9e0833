"""What the log promises holds on every engine, as what the rest of the store does."""

from tests.bus.storage.conftest import url

__all__ = ["url"]
