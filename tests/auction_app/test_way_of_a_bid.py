"""From listing an item to the result of a bid."""

from tests.auction_app.conftest import World, ticket_in


def test_a_bidder_reviews_confirms_and_leads(world: World) -> None:
    item = world.member("Sam").list_item()
    ada = world.member("Ada")

    review = ada.review(item, "25")
    assert review.status_code == 200
    assert "$25.00" in review.text
    result = ada.follow(ada.confirm(item, ticket_in(review)))

    assert "You are the highest bidder" in result.text
    page = ada.get(item).text
    assert "You are winning" in page
    assert "$10.00" in page
