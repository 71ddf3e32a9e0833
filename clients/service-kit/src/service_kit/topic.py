"""What may be the name of a topic: one rule for all who announce, publish or take."""

import re

TOPIC_NAME = "[a-z_]{1,64}"
"""The rule as a pattern, for the whole name."""

TOPIC_RULE = "a topic is 1 to 64 lowercase letters and underscores"

_NAME = re.compile(TOPIC_NAME)


def is_topic(name: object) -> bool:
    """Whether a name keeps the rule."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None
