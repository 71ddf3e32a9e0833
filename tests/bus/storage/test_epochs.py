"""A log that its operator says was put back begins another life (docs/delivery.md D22)."""

from bus.storage import Storage, open_storage
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import publishing, subscribe


def test_each_life_keeps_what_was_there_when_the_next_began(
    url: str, storage: Storage, clock: FakeClock
) -> None:
    publish = publishing(storage)
    publish("a", "b")
    identities = [storage.log.identity]
    for name in ("c", "d"):
        storage.epochs.begin()
        publish(name)
        after = open_storage(url, clock)
        identities.append(after.log_identity)
        after.close()
    assert len(set(identities)) == 3
    again = open_storage(url, clock)
    assert again.log.last_position() == 4
    assert again.log.identity == identities[-1]
    assert [again.log.kept_upto(one) for one in identities[:2]] == [2, 3]
    assert again.log.kept_upto("of-nobody") == 3
    again.close()
    ids = [event.body.split(b'"id":"')[1][:8] for event in storage.log.read_after(0, None, 9)]
    assert [one.decode() for one in ids] == [identities[0], *identities]


def test_the_name_of_a_log_is_read_again_once_a_connection_was_broken(
    url: str, storage: Storage
) -> None:
    before = storage.log_identity
    storage.epochs.begin()
    assert storage.log_identity == before
    storage._driver._connections.breaks += 1
    after = storage.log_identity
    assert after != before
    storage.epochs.begin()
    assert storage.log_identity == after


def test_who_was_sent_no_more_than_the_log_kept_is_told_of_no_loss(storage: Storage) -> None:
    publishing(storage)("a", "b")
    before = storage.log_identity
    storage.epochs.begin()
    for sent_upto, told in ((2, False), (3, True)):
        subscribe(storage, "https://s.example/", "bids", name=f"upto-{sent_upto}")
        ((id,),) = storage._driver.rows("SELECT max(id) FROM subscriptions")
        storage.epochs.tell_lost(before, {id: sent_upto})
        lost = storage._driver.rows("SELECT subscription_id FROM wanted_resyncs")
        assert (id in {one[0] for one in lost}) is told
