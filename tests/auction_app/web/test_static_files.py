"""What pages are made of beside themselves is there: the app's own, and what all services share."""

import pytest

from tests.auction_app.conftest import World


@pytest.mark.parametrize("name", ["gavel.css", "gavel.js", "live.js", "house.css", "gavel.svg"])
def test_a_file_that_pages_use_is_served_to_a_stranger(world: World, name: str) -> None:
    answer = world.browser().client.get(f"/static/{name}", buffered=True)
    assert answer.status_code == 200
    assert answer.data


def test_a_file_that_is_not_there_is_not_found(world: World) -> None:
    assert world.browser().client.get("/static/nothing.css").status_code == 404
