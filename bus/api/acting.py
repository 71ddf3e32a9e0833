"""Doing something that the audit tells of."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import request
from service_kit.access import shown_token

from bus.bootstrap import Bus
from bus.model.audit import Act, ActName


@contextmanager
def acting(
    bus: Bus, act: ActName, owner: str | None = None, *, on: str | None = None, **details: Any
) -> Iterator[None]:
    """What is changed in this block is the caller's act on a path, that of this request by default,
    which belongs to a client, or to who runs the bus (None). `details` hold no secrets."""
    caller = bus.auth.caller(shown_token(request))
    with bus.storage.audit.acting(Act(caller, act, on or request.path, owner, details)):
        yield
