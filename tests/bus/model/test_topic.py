import pytest

from bus.errors import BadTopic
from bus.model.topic import check_topic


@pytest.mark.parametrize("name", ["a", "_", "bids", "order_lines", "z" * 64])
def test_lowercase_letters_and_underscores_are_a_topic(name: str) -> None:
    assert check_topic(name) == name


@pytest.mark.parametrize(
    "name", ["", "z" * 65, "Bids", "bids2", "bids\n", "\nbids", "bi-ds", "bïds", " bids", "*"]
)
def test_anything_else_is_not_a_topic(name: str) -> None:
    with pytest.raises(BadTopic):
        check_topic(name)


@pytest.mark.parametrize("name", [None, 1, [], {}, ["bids"], True])
def test_what_is_no_string_is_not_a_topic(name: object) -> None:
    with pytest.raises(BadTopic):
        check_topic(name)
