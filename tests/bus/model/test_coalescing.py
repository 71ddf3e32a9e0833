from hypothesis import given
from hypothesis import strategies as st

from bus.model.coalescing import Scan, coalesced, joined, key, survivors
from bus.model.event import LogEvent
from bus.model.topic_filter import TopicFilter
from tests.bus.samples import log_event

Entity = tuple[str, str]


def of(*told: str) -> list[LogEvent]:
    """`a:create` is the entity a, created."""
    pairs = [one.split(":") for one in told]
    return [log_event(at, url=url, type=type) for at, (url, type) in enumerate(pairs, 1)]


def left(*told: str) -> list[str]:
    return [f"{event.url}:{event.type}" for event in coalesced(of(*told))]


def test_a_later_event_covers_an_earlier_one_of_its_entity() -> None:
    assert left("a:create", "b:create", "a:update") == ["b:create", "a:update"]
    assert left("a:update", "a:delete") == ["a:delete"]


def test_a_noop_covers_noops_and_no_change() -> None:
    assert left("a:update", "a:noop", "a:noop") == ["a:update", "a:noop"]
    assert left("a:noop", "a:update") == ["a:update"]


def test_one_url_on_two_topics_is_two_entities() -> None:
    events = [log_event(1, "bids", url="a"), log_event(2, "orders", url="a")]
    assert coalesced(events) == events


class Mirror:
    """A receiver that fetches: after an event it knows the entity as it is at the end."""

    def __init__(self, world: dict[Entity, str]) -> None:
        self._world = world
        self.knows: dict[Entity, str | None] = {}

    def take(self, event: LogEvent) -> None:
        entity = (event.topic, event.url)
        self.knows[entity] = None if event.type == "delete" else self._world.get(entity)


told = st.lists(
    st.tuples(
        st.sampled_from(["bids", "orders"]),
        st.sampled_from("abc"),
        st.sampled_from(["create", "update", "delete", "noop"]),
    ),
    max_size=30,
)


def log_of(events: list[tuple[str, str, str]]) -> list[LogEvent]:
    return [
        log_event(at, topic, url=url, type=type) for at, (topic, url, type) in enumerate(events, 1)
    ]


def world_after(events: list[LogEvent]) -> dict[Entity, str]:
    world: dict[Entity, str] = {}
    for event in events:
        if event.type in {"create", "update"}:
            world[event.topic, event.url] = f"as of {event.position}"
        elif event.type == "delete":
            world.pop((event.topic, event.url), None)
    return world


@given(told)
def test_who_fetches_knows_the_same_after_the_coalesced_events_as_after_all(
    events: list[tuple[str, str, str]],
) -> None:
    log = log_of(events)
    all_of_them, few = Mirror(world_after(log)), Mirror(world_after(log))
    for event in log:
        all_of_them.take(event)
    for event in coalesced(log):
        few.take(event)
    assert few.knows == all_of_them.knows


@given(told, st.integers(0, 30))
def test_it_does_not_matter_in_how_many_steps(events: list[tuple[str, str, str]], cut: int) -> None:
    log = log_of(events)
    assert joined(coalesced(log[:cut]), log[cut:]) == coalesced(log)


@given(told, st.integers(1, 10))
def test_looking_through_positions_alone_finds_the_same(
    events: list[tuple[str, str, str]], step: int
) -> None:
    log, scan = log_of(events), Scan(0)
    for start in range(0, len(log), step):
        found = {(e.topic, e.type, e.url): e.position for e in log[start : start + step]}
        scan.add([TopicFilter("*")], [(*one, position) for one, position in found.items()])
    assert survivors(scan.last) == [event.position for event in coalesced(log)]


def test_a_scan_takes_only_what_is_wanted() -> None:
    scan = Scan(0)
    scan.add(
        [TopicFilter("bids", type="create"), TopicFilter("orders")],
        [("bids", "create", "a", 1), ("bids", "update", "a", 2), ("orders", "update", "a", 3)],
    )
    assert scan.last == {key("bids", "a", "create"): 1, key("orders", "a", "update"): 3}
