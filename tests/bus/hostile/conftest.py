"""What the tests of hostile peers share."""

from tests.bus.hostile.inside import inside
from tests.bus.serving import bus, either

__all__ = ["bus", "either", "inside"]
