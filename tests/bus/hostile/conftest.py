"""What the tests of hostile peers share."""

from tests.bus.hostile.inside import inside
from tests.bus.hostile.serving import bus

__all__ = ["bus", "inside"]
