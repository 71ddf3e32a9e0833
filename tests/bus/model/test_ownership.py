import pytest

from bus.model.topic import may_publish


@pytest.mark.parametrize(("owner", "may"), [(None, True), (1, True), (2, False)])
def test_the_first_publisher_owns_a_topic(owner: int | None, may: bool) -> None:
    assert may_publish(1, owner) is may
