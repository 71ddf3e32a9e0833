"""A topic: its name, and who may publish it (docs/delivery.md D6)."""

import re
from dataclasses import dataclass
from typing import Any

from bus.errors import BadTopic


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it is listed. `publisher` is a client's name; None until somebody publishes."""

    name: str
    publisher: str | None
    events: int


_NAME = re.compile(r"[a-z_]{1,64}")


def check_topic(name: Any) -> str:
    """The name itself. Raises BadTopic unless the whole of it is [a-z_]{1,64}."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadTopic("a topic is 1 to 64 lowercase letters and underscores")
    return name


def may_publish(client_id: int, owner_id: int | None) -> bool:
    """Whether a client may publish to a topic: the first who does owns it.

    | owner        | nobody | the client | another |
    |--------------|--------|------------|---------|
    | may publish  | yes    | yes        | no      |
    """
    return owner_id is None or owner_id == client_id
