"""What may be the name of a topic."""

import re
from typing import Any

from bus.errors import BadTopic

_NAME = re.compile(r"[a-z_]{1,64}")


def check_topic(name: Any) -> str:
    """The name itself. Raises BadTopic unless the whole of it is [a-z_]{1,64}."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadTopic("a topic is 1 to 64 lowercase letters and underscores")
    return name
