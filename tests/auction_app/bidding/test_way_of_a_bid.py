"""From the bid form to the result, and to the lists."""

import re

import pytest
from bids_client import BidsUnavailable
from service_kit.money import Money

from tests.auction_app.conftest import Browser, World, as_program, path_of, ticket_in


def auction_url(world: World, item: str) -> str:
    return world.parts.urls.public_url + item


def test_a_bidder_reviews_confirms_and_leads(world: World) -> None:
    item = world.member("Sam").list_item()
    ada = world.member("Ada")

    review = ada.review(item, "25")
    assert review.status_code == 200
    assert "most you would pay is $25.00" in review.text
    result = ada.follow(ada.confirm(item, ticket_in(review)))

    assert "You are the highest bidder" in result.text
    page = ada.get(item).text
    assert "You are the highest bidder" in page
    assert "$10.00" in page


def test_a_bid_below_a_hidden_maximum_is_outbid_at_once_and_offered_the_new_minimum(
    world: World,
) -> None:
    item = world.member("Sam").list_item()
    ada, bob = world.member("Ada"), world.member("Bob")
    ada.bid(item, "25")

    result = bob.bid(item, "15")

    assert "You have been outbid at once" in result.text
    assert "Bid $17.00" in result.text
    again = bob.review(item, "17")
    assert "Confirm bid" in again.text


def test_raising_ones_own_maximum_changes_nothing_public(world: World) -> None:
    item = world.member("Sam").list_item()
    ada = world.member("Ada")
    ada.bid(item, "25")

    result = ada.bid(item, "40")

    assert "Your maximum is raised" in result.text
    assert "(raised your maximum)" in ada.get(item).text
    assert "raised" not in world.browser().get(item).text


def test_an_amount_is_read_as_people_write_it_or_asked_about(world: World) -> None:
    item = world.member("Sam").list_item()
    ada = world.member("Ada")

    assert "$1,234.50" in ada.review(item, "1.234,50").text
    assert "$12.50" in ada.review(item, "$12,50").text
    for unclear in ("1.234", "1,234"):
        answer = ada.review(item, unclear)
        assert answer.status_code == 422
        assert "read in two ways" in answer.text
        assert f'value="{unclear}"' in answer.text
    for wrong in ("", "a lot", "-5", "1e5", "12.345.6", "9.99", "0"):
        assert ada.review(item, wrong).status_code == 422


def test_a_bid_that_is_too_low_is_told_how_much_it_takes(world: World) -> None:
    item = world.member("Sam").list_item()
    ada, bob = world.member("Ada"), world.member("Bob")
    bob.bid(item, "25")

    assert "at least $11.00 now" in ada.review(item, "10.50").text


def test_a_bid_far_above_the_price_is_questioned(world: World) -> None:
    item = world.member("Sam").list_item()
    ada = world.member("Ada")

    assert "far above the price" in ada.review(item, "1000").text
    assert "far above the price" not in ada.review(item, "99").text


def test_a_confirmation_sent_twice_is_one_bid_and_says_so(world: World) -> None:
    item = world.member("Sam").list_item()
    ada = world.member("Ada")
    ticket = ticket_in(ada.review(item, "25"))
    ada.confirm(item, ticket)

    again = ada.follow(ada.confirm(item, ticket))

    assert "We had this bid already" in again.text
    assert "You are the highest bidder" in again.text
    assert len(world.bids.books[auction_url(world, item)].bids) == 1


def test_a_price_that_moved_since_the_review_is_shown_and_asked_about(world: World) -> None:
    item = world.member("Sam").list_item()
    ada, bob = world.member("Ada"), world.member("Bob")
    ticket = ticket_in(ada.review(item, "25"))
    bob.bid(item, "15")

    moved = ada.confirm(item, ticket)

    assert moved.status_code == 409
    assert "The price has moved" in moved.text
    assert len(world.bids.books[auction_url(world, item)].bids) == 1
    result = ada.follow(ada.confirm(item, ticket_in(moved)))
    assert "You are the highest bidder" in result.text


def test_a_moved_price_above_the_maximum_offers_to_change_it_instead_of_confirming(
    world: World,
) -> None:
    item = world.member("Sam").list_item()
    ada, bob, eve = world.member("Ada"), world.member("Bob"), world.member("Eve")
    ticket = ticket_in(ada.review(item, "12"))
    bob.bid(item, "50")
    eve.bid(item, "20")

    moved = ada.confirm(item, ticket)

    assert moved.status_code == 409
    assert "Change my maximum" in moved.text
    assert "Confirm bid" not in moved.text


def test_refusals_say_why(world: World) -> None:
    sam = world.member("Sam")
    item = sam.list_item()
    ada = world.member("Ada")
    ada.bid(item, "25")

    same = ada.bid(item, "25")
    assert "Your bid was not taken" in same.text
    assert "this is not more than the maximum you set" in same.text

    ticket = ticket_in(ada.review(item, "99"))
    world.bids.close(auction_url(world, item))
    assert "The auction has ended" in ada.follow(ada.confirm(item, ticket)).text


def test_nobody_bids_on_what_they_sell(world: World) -> None:
    sam = world.member("Sam")
    item = sam.list_item()

    assert "Review bid" not in sam.get(item).text
    answer = sam.review(item, "25")
    assert answer.status_code == 422


def test_when_bids_is_down_the_bid_may_be_sent_again_and_is_one_bid(world: World) -> None:
    item = world.member("Sam").list_item()
    ada = world.member("Ada")
    ticket = ticket_in(ada.review(item, "25"))

    world.bids.down = True
    silent = ada.confirm(item, ticket)
    assert silent.status_code == 503
    assert silent.headers["Retry-After"]
    assert "We cannot take bids right now" in silent.text
    page = ada.get(item).text
    assert "bidding service does not answer" in page
    assert "$10.00" in page

    world.bids.down = False
    result = ada.follow(ada.confirm(item, ticket_in(silent)))
    assert "You are the highest bidder" in result.text
    assert "bidding service does not answer" not in ada.get(item).text


def test_an_answer_that_was_lost_is_had_by_sending_the_same_bid_again(world: World) -> None:
    item = world.member("Sam").list_item()
    ada, bob = world.member("Ada"), world.member("Bob")
    ticket = ticket_in(ada.review(item, "25"))
    world.bids.loses_next_answer = True
    assert ada.confirm(item, ticket).status_code == 503
    bob.bid(item, "15")  # what Ada's bid did to the price is no reason to ask her again

    result = ada.follow(ada.confirm(item, ticket))

    assert "You are the highest bidder" in result.text
    assert len(world.bids.books[auction_url(world, item)].bids) == 2


def test_my_bids_says_where_one_stands(world: World) -> None:
    item = world.member("Sam").list_item()
    ada, bob = world.member("Ada"), world.member("Bob")
    ada.bid(item, "25")
    assert "Winning" in ada.get("/my/bids").text

    bob.bid(item, "40")

    assert "Outbid" in ada.get("/my/bids").text
    assert "Winning" in bob.get("/my/bids").text
    standing = bob.client.get("/my/bids", headers=as_program()).get_json()
    assert standing["_embedded"]["auctions"][0]["standing"] == "winning"
    assert "You have not bid on anything yet" in world.member("Eve").get("/my/bids").text


def test_ones_own_maximum_is_shown_to_nobody_else(world: World) -> None:
    item = world.member("Sam").list_item()
    ada, bob = world.member("Ada"), world.member("Bob")
    ada.bid(item, "73.19")
    own = item.replace("/auctions/", "/my/bids/")

    assert "$73.19" in ada.get(own).text
    for path in (item, own, "/my/bids", "/"):
        assert "73.19" not in bob.get(path).text
        assert "73.19" not in world.browser().get(path).text
        assert "73.19" not in bob.client.get(path, headers=as_program()).text
        assert "7319" not in bob.get(path).text


def test_the_own_maximum_says_so_when_bids_is_down(world: World) -> None:
    item = world.member("Sam").list_item()
    ada = world.member("Ada")
    ada.bid(item, "25")
    world.bids.down = True

    answer = ada.get(item.replace("/auctions/", "/my/bids/"))

    assert answer.status_code == 503
    assert "Your bids stand" in answer.text


def test_pages_that_list_things_never_ask_bids_service(world: World) -> None:
    sam = world.member("Sam")
    item = sam.list_item()
    ada = world.member("Ada")
    ada.bid(item, "25")
    world.bids.calls.clear()

    for path in ("/", item, "/my/bids", f"{item}/standing"):
        assert ada.get(path).status_code == 200
    assert sam.get("/my/sales").status_code == 200

    assert world.bids.calls == []


def test_the_history_masks_names_and_marks_ones_own_rows(world: World) -> None:
    item = world.member("Sam").list_item()
    ada, bob = world.member("Ada"), world.member("Bob")
    ada.bid(item, "25")
    bob.bid(item, "40")

    page = bob.get(item).text

    assert "<strong>You</strong>" in page
    assert "Ada" not in page
    assert "Bidder " in page


def test_the_history_says_which_bid_was_answered_by_an_automatic_one(world: World) -> None:
    item = world.member("Sam").list_item()
    world.member("Ada").bid(item, "40")
    world.member("Bob").bid(item, "25")

    rows = world.browser().get(f"{item}/history").text.split("<tr>")[2:]

    assert ["automatic bid" in row for row in rows] == [True, False]
    masks = re.findall(r"Bidder (\w+)", " ".join(rows))
    assert [len(mask) for mask in masks] == [6, 6]


def test_the_price_of_a_currency_without_decimals_reads_right(world: World) -> None:
    item = world.member("Sam").list_item(start_price="1500", currency="JPY")
    ada = world.member("Ada")

    assert world.bids.books[auction_url(world, item)].start == Money(1500, "JPY")
    assert "¥1,600" in ada.review(item, "1600").text


def test_a_result_belongs_to_its_bidder(world: World) -> None:
    item = world.member("Sam").list_item()
    ada, bob = world.member("Ada"), world.member("Bob")
    ticket = ticket_in(ada.review(item, "25"))
    path = ada.confirm(item, ticket).headers["Location"]

    assert ada.get(path).status_code == 200
    assert bob.get(path).status_code == 404


def test_a_ticket_is_good_for_its_bidder_and_its_item_only(world: World) -> None:
    sam = world.member("Sam")
    item, other = sam.list_item(), sam.list_item()
    ada, bob = world.member("Ada"), world.member("Bob")
    ticket = ticket_in(ada.review(item, "25"))

    assert bob.confirm(item, ticket).status_code == 400
    assert ada.confirm(other, ticket).status_code == 400
    assert ada.confirm(item, ticket[:-2]).status_code == 400
    assert ada.confirm(item, "").status_code == 400
    assert not world.bids.books[auction_url(world, item)].bids


def test_who_has_not_verified_the_address_is_told_so_and_cannot_bid(world: World) -> None:
    item = world.member("Sam").list_item()
    ada: Browser = world.browser()
    ada.sign_up("Ada")
    ada.sign_in("Ada")

    page = ada.get(item).text
    assert "Please confirm your e-mail address" in page
    assert "Send the mail again" in page
    assert "Review bid" not in page
    assert ada.review(item, "25").status_code == 403

    world.clock.pass_s(61)
    ada.post("/verify-email", {"next": item})
    ada.press(world.verification_link("Ada"))
    assert "You are the highest bidder" in ada.bid(item, "25").text


def test_who_may_not_bid_is_told_that_and_nothing_about_the_amount(world: World) -> None:
    item, eve = world.member("Sam").list_item(), world.browser()
    eve.sign_up("Eve")
    eve.sign_in("Eve")

    assert eve.review(item, "much").status_code == 403


def test_an_item_ends_when_its_time_is_up_even_before_the_outcome_is_known(world: World) -> None:
    item = world.member("Sam").list_item(ends="2026-09-22T00:00:00")
    ada = world.member("Ada")
    ada.bid(item, "25")
    world.clock.pass_s(60 * 24 * 3600)
    ada.sign_in("Ada")

    page = ada.get(item).text

    assert "The result is being settled" in page
    assert "Review bid" not in page
    assert ada.review(item, "99").status_code == 422
    document = ada.client.get(item, headers=as_program()).get_json()
    assert document["status"] == "ended"
    assert path_of(document["_links"]["self"]["href"]) == item


def test_a_bid_on_an_item_that_bids_service_does_not_know_is_refused_for_good(world: World) -> None:
    item, ada = world.member("Sam").list_item(), world.member("Ada")
    ticket = ticket_in(ada.review(item, "25"))
    known = world.bids.books.pop(auction_url(world, item))

    result = ada.follow(ada.confirm(item, ticket))
    world.bids.books[known.auction_url] = known
    again = ada.follow(ada.confirm(item, ticket))

    for answer in (result, again):
        assert answer.status_code == 200
        assert "The bidding for this item is not open." in answer.text
    assert known.bids == []
    assert world.bids.calls.count("place") <= 1


@pytest.mark.parametrize(("said_s", "told"), [(None, "5"), (1, "1"), (7, "7"), (120, "120")])
def test_who_can_not_bid_now_is_told_the_seconds_that_bids_service_said_or_five(
    world: World, monkeypatch: pytest.MonkeyPatch, said_s: int | None, told: str
) -> None:
    item, ada = world.member("Sam").list_item(), world.member("Ada")
    ticket = ticket_in(ada.review(item, "25"))

    def refuse(*_args: object, **_more: object) -> None:
        raise BidsUnavailable("full", retry_after_s=said_s)

    monkeypatch.setattr(world.bids, "place", refuse)

    answer = ada.confirm(item, ticket)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, told)
