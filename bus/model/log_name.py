"""What a log is called."""

from typing import Annotated, Any

from bus.errors import BadTopic
from bus.wire_rules import complaint

MAIN = "main"
"""The log at home, in the database of the registry; the only one by default."""

LOG_NAME = r"[a-z][a-z0-9_-]{0,31}"
_RULE = "a log's name is 1 to 32 of a-z, 0-9, dashes, underscores, and begins with a letter"


def _bad_name(_: Any) -> BadTopic:
    return BadTopic(_RULE)


LogName = Annotated[str, complaint(_bad_name, pattern=rf"^{LOG_NAME}\Z")]
