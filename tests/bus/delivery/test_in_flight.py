"""What is on its way of one subscription."""

from bus.delivery.in_flight import Delivery, InFlight, Kind
from tests.bus.samples import log_event


def of(*deliveries: Delivery) -> InFlight:
    return InFlight(dict.fromkeys(deliveries))


ONE = Delivery(Kind.BATCH, [log_event(1, url="a"), log_event(2, url="b")], 0)
OTHER = Delivery(Kind.BATCH, [log_event(3, url="c")], 2)
PARKED = Delivery(Kind.PARKED, [log_event(4, url="d")], 3)


def test_the_urls_of_all_are_busy() -> None:
    assert set(of().urls()) == set()
    assert set(of(ONE, PARKED).urls()) == {"a", "b", "d"}


def test_a_batch_is_alone_when_nothing_else_is_on_its_way() -> None:
    assert of().only_batch() is None
    assert of(ONE).only_batch() is ONE
    assert of(ONE, OTHER).only_batch() is None
    assert of(PARKED).only_batch() is None


def test_deliveries_that_look_alike_are_two() -> None:
    again = Delivery(Kind.BATCH, ONE.events, 0)
    assert len(of(ONE, again)) == 2
