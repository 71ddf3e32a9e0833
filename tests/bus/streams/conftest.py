"""What readers and pullers are promised holds on every engine."""

from tests.bus.storage.conftest import url

__all__ = ["url"]
