"""Ready stacks: an endpoint with the layers that belong together.

Each takes the settings of `Settings` by keyword. All deduplicate first; then siphoned topics are
led off, so that they get every event, old ones too; then come the stack's own layers and the
listeners.
"""

from collections import abc
from collections.abc import Callable, Sequence
from typing import NotRequired, TypedDict, Unpack

from bus_drain.drain import MAX_BYTES, Endpoint
from bus_drain.errors import BadSettings
from bus_drain.layers.bust import Bust
from bus_drain.layers.deduplicate import Deduplicate
from bus_drain.layers.dirty import DirtyMap, MarkDirty
from bus_drain.layers.filter import Filter
from bus_drain.layers.listen import Listener, Listeners, Receive
from bus_drain.layers.prefetch import Enqueue, Prefetch
from bus_drain.layers.siphon import Siphon
from bus_drain.state import State

ByTopic = abc.Mapping[str, Listener]


class Settings(TypedDict):
    """`uuid` and `secrets` as an Endpoint takes them, the `state` (bus_drain.storage), `listeners`
    and `siphon` by topic."""

    uuid: str
    secrets: Sequence[str]
    state: State
    listeners: NotRequired[ByTopic]
    siphon: NotRequired[ByTopic]
    max_bytes: NotRequired[int]


class _Stack(Endpoint):
    def __init__(self, settings: Settings, layers: Callable[[Receive], Receive]) -> None:
        _claim(settings["state"], settings["uuid"])
        to_listeners = layers(Listeners(settings.get("listeners", {})))
        siphon = Siphon(settings.get("siphon", {}), to_listeners)
        super().__init__(
            uuid=settings["uuid"],
            secrets=settings["secrets"],
            receive=Deduplicate(settings["state"].seen, siphon),
            max_bytes=settings.get("max_bytes", MAX_BYTES),
        )


class Basic(_Stack):
    """Each event once, to its listener."""

    def __init__(self, **settings: Unpack[Settings]) -> None:
        super().__init__(settings, lambda listeners: listeners)


class Mapping(_Stack):
    """Marks what has changed in a dirty map, `dirty`, for a job to sweep. Older news is dropped."""

    def __init__(self, **settings: Unpack[Settings]) -> None:
        state = settings["state"]
        self.dirty = DirtyMap(state.marks)
        super().__init__(
            settings, lambda listeners: Filter(state.newest, MarkDirty(self.dirty, listeners))
        )


class CacheBusting(_Stack):
    """Drops what is cached of what has changed: for an EntityClient on the same state."""

    def __init__(self, **settings: Unpack[Settings]) -> None:
        cache = settings["state"].cache
        super().__init__(settings, lambda listeners: Bust(cache, listeners))


class Caching(_Stack):
    """Drops what is cached of what has changed, and has a job fetch it anew. Older news is
    dropped."""

    def __init__(self, *, prefetch: Enqueue, **settings: Unpack[Settings]) -> None:
        state = settings["state"]
        super().__init__(
            settings,
            lambda listeners: Filter(
                state.newest, Bust(state.cache, Prefetch(prefetch, listeners))
            ),
        )


def _claim(state: State, uuid: str) -> None:
    """What one drain has handled, the other would take for handled by itself, and lose."""
    if not state.owner.claim(uuid):
        raise BadSettings(
            "this state is another drain's, by its uuid: give each a name, as in"
            ' open_state(url, drain="orders"); for the same drain with a new uuid:'
            " bus-drain release URL"
        )
