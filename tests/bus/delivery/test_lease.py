from collections.abc import Collection

import pytest
from service_kit.errors import StoreUnavailable

from bus.delivery.lease import Lease, Observation, lapsed, observe
from bus.storage.leases import LeaseCounts, PusherBeat

DAY_MS = 86_400_000


def test_a_beat_that_moves_keeps_a_pusher_alive() -> None:
    first = observe({}, {"other": PusherBeat(1, 0)}, steady_ms=0)
    later = observe(first, {"other": PusherBeat(2, 0)}, steady_ms=5_999)
    assert later == {"other": Observation(2, 5_999)}


def test_a_beat_that_stands_still_ages() -> None:
    first = observe({}, {"other": PusherBeat(1, 0)}, steady_ms=0)
    assert observe(first, {"other": PusherBeat(1, 5_999)}, steady_ms=5_999) == first


def test_a_pusher_that_left_is_forgotten() -> None:
    assert observe({"other": Observation(1, 0)}, {}, steady_ms=1) == {}


def test_a_pusher_is_given_up_after_six_seconds_without_a_beat() -> None:
    assert lapsed({"other": Observation(5, 0)}, 5_999) == set()
    assert lapsed({"other": Observation(5, 0)}, 6_000) == {"other"}


def test_a_beat_of_yesterday_needs_no_watching_and_one_of_just_now_does() -> None:
    alive = {"old": PusherBeat(5, 60_000), "new": PusherBeat(5, 59_999)}
    assert lapsed(observe({}, alive, 1), 1) == {"old"}


def test_who_was_seen_to_beat_is_not_given_up_because_the_clock_was_set() -> None:
    known = observe({}, {"other": PusherBeat(5, 0)}, steady_ms=0)
    for beat in (5, 6):
        set_ahead = observe(known, {"other": PusherBeat(beat, 40 * DAY_MS)}, steady_ms=2_000)
        assert lapsed(set_ahead, 2_000) == set()


class Store:
    """Leases of one pusher that nobody disturbs; `known`: it has not been given up."""

    known = True

    def __init__(self) -> None:
        self.others: dict[str, PusherBeat] = {}
        self.subscriptions = LeaseCounts(0, 0, 0)
        self.given_up: list[str] = []
        self.is_away = False

    def give_up(self, lapsed: Collection[str]) -> None:
        self.given_up += lapsed

    def join(self, pusher: str) -> None:
        self.joined = pusher

    def beat(self, _pusher: str) -> bool:
        if self.is_away:
            raise StoreUnavailable("away")
        return self.known

    def alive(self) -> dict[str, PusherBeat]:
        return {"me": PusherBeat(1, 0), **self.others}

    def counts(self, _pusher: str) -> LeaseCounts:
        return self.subscriptions

    def claim(self, _pusher: str, most: int) -> int:
        return min(most, self.subscriptions.free)


def test_a_pusher_stops_by_itself_4_s_after_its_last_beat_and_beats_every_2() -> None:
    now_ms = 10_000
    lease = Lease("me", Store(), lambda: now_ms)  # type: ignore[arg-type]
    assert not lease.is_valid
    assert lease.beat() is True
    assert (lease.is_valid, lease.wait_ms) == (True, 2_000)
    now_ms += 3_999
    assert lease.is_valid
    now_ms += 1
    assert not lease.is_valid
    assert lease.beat() is False
    assert lease.is_valid


def test_a_pusher_that_was_given_up_begins_anew() -> None:
    store = Store()
    lease = Lease("me", store, lambda: 0)  # type: ignore[arg-type]
    lease.beat()
    store.known = False
    assert lease.beat() is True


@pytest.mark.parametrize("away_ms", [6_000, 30_000, 600_000])
def test_nobody_is_given_up_because_the_store_was_away(away_ms: int) -> None:
    now_ms, store = 10_000, Store()
    lease = Lease("me", store, lambda: now_ms)  # type: ignore[arg-type]
    store.others = {"other": PusherBeat(7, 0), "dead": PusherBeat(3, 0)}
    lease.beat()
    store.is_away = True
    for _ in range(away_ms // 2_000):
        now_ms += 2_000
        with pytest.raises(StoreUnavailable):
            lease.beat()
    store.is_away = False
    store.others = {"other": PusherBeat(7, away_ms), "dead": PusherBeat(3, away_ms)}
    lease.beat()
    assert store.given_up == []
    for beat in (8, 9, 10):
        now_ms += 2_000
        store.others = {"other": PusherBeat(beat, 0), "dead": PusherBeat(3, away_ms)}
        lease.beat()
    assert store.given_up == ["dead"]


@pytest.mark.parametrize(
    ("counts", "others", "claimed", "too_many"),
    [
        (LeaseCounts(subscriptions=5, free=3, mine=2), 0, 3, 0),
        (LeaseCounts(subscriptions=5, free=0, mine=5), 0, 0, 0),
        (LeaseCounts(subscriptions=5, free=2, mine=3), 1, 0, 0),
        (LeaseCounts(subscriptions=5, free=3, mine=2), 1, 1, 0),
        (LeaseCounts(subscriptions=4, free=0, mine=4), 1, 0, 2),
    ],
)
def test_a_pusher_takes_up_to_its_share_of_what_is_free_and_says_how_many(
    counts: LeaseCounts, others: int, claimed: int, too_many: int
) -> None:
    store = Store()
    store.subscriptions = counts
    store.others = {f"other-{n}": PusherBeat(1, 0) for n in range(others)}
    lease = Lease("me", store, lambda: 0)  # type: ignore[arg-type]
    lease.beat()
    assert (lease.claim(), lease.too_many) == (claimed, too_many)
