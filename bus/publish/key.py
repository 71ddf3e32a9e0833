"""Idempotency keys of publishing (draft-ietf-httpapi-idempotency-key-header)."""

import hashlib
import json
import re
from collections.abc import Sequence

from bus.errors import BadKey
from bus.model import PublishKey
from bus.publish.check import CheckedEvent

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def publish_key(key: str, topic: str, events: Sequence[CheckedEvent]) -> PublishKey:
    """A key and what it was used for: equal for equal events, whatever their spelling.

    Raises BadKey unless it is 1 to 255 visible ASCII characters.
    """
    if not _KEY.fullmatch(key):
        raise BadKey("an idempotency key is 1 to 255 visible ASCII characters")
    return PublishKey(key, hashlib.sha256(json.dumps([topic, events]).encode()).digest())
