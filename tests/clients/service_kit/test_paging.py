"""Pages of a list."""

import pytest
from service_kit.hal import page_resource
from service_kit.paging import cut


@pytest.mark.parametrize(
    ("found", "items", "last"),
    [([], [], None), ([1, 2], [1, 2], None), ([1, 2, 3], [1, 2], 2)],
)
def test_one_item_more_than_shown_says_that_a_page_follows(
    found: list[int], items: list[int], last: int | None
) -> None:
    assert cut(found, 2) == (items, last)


def test_a_page_links_to_the_next_one_if_there_is_one() -> None:
    assert page_resource("bids", [], "http://b/bids", after=None) == {
        "_links": {"self": {"href": "http://b/bids"}},
        "_embedded": {"bids": []},
    }
    for here, following in {"/b": "/b?after=3%26", "/b?of=7": "/b?of=7&after=3%26"}.items():
        assert page_resource("bids", [], here, after="3&")["_links"]["next"] == {"href": following}
