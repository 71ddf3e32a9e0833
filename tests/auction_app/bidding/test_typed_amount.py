"""What a bidder had typed when the session was over is there again after signing in; it is in no
address, nobody else sees it, and it never bids by itself."""

import pytest

from tests.auction_app.conftest import Browser, World, ticket_in

FOURTEEN_DAYS_S = 14 * 24 * 3600
FIELD = 'name="maximum" type="text" value="27.50"'


def signed_out(world: World) -> tuple[str, Browser]:
    """An item, and a bidder who was signed out elsewhere while looking at it."""
    item, ada = world.member("Sam").list_item(ends="2026-10-20T12:00:00"), world.member("Ada")
    ada.get(item)
    phone = world.browser()
    phone.sign_in("Ada")
    phone.get("/account/sessions")
    phone.post("/account/sessions/end-others")
    return item, ada


@pytest.mark.parametrize("at", ["review", "confirm"])
def test_the_amount_is_there_again_after_signing_in(world: World, at: str) -> None:
    item, ada = signed_out(world)
    if at == "review":
        refused = ada.review(item, "27.50")
    else:
        ada.sign_in("Ada")
        ticket = ticket_in(ada.review(item, "27.50"))
        world.clock.pass_s(FOURTEEN_DAYS_S)
        refused = ada.confirm(item, ticket)

    assert refused.status_code == 401
    assert "27.50" not in refused.text
    shown = ada.follow(ada.sign_in("Ada", next=item))

    assert FIELD in shown.text
    assert "Nothing has been bid yet." in shown.text
    assert world.bids.books[world.parts.urls.public_url + item].version == 1


def test_a_browser_that_has_forgotten_its_session_is_asked_to_sign_in_too(world: World) -> None:
    item, ada = world.member("Sam").list_item(), world.member("Ada")
    ada.get(item)
    ada.client.delete_cookie("gavel")

    refused = ada.review(item, "27.50")

    assert refused.status_code == 401
    assert f'name="next" value="{item}"' in refused.text
    assert FIELD in ada.follow(ada.sign_in("Ada", next=item)).text


def test_nobody_else_who_signs_in_there_sees_it(world: World) -> None:
    world.member("Bob")
    item, ada = signed_out(world)
    ada.review(item, "27.50")

    assert "27.50" not in ada.follow(ada.sign_in("Bob", next=item)).text


def test_it_is_forgotten_in_half_an_hour_and_once_it_is_on_its_way(world: World) -> None:
    item, ada = signed_out(world)
    ada.review(item, "27.50")
    ada.sign_in("Ada")
    assert FIELD in ada.get(item).text

    ada.review(item, "27.50")
    assert "27.50" not in ada.get(item).text

    ada.client.delete_cookie("gavel")
    ada.review(item, "27.50")
    ada.sign_in("Ada")
    world.clock.pass_s(31 * 60)
    assert "27.50" not in ada.get(item).text


def test_it_is_kept_for_its_own_item_alone(world: World) -> None:
    other = world.member("Tom").list_item()
    item, ada = signed_out(world)
    ada.review(item, "27.50")
    ada.sign_in("Ada")

    assert "27.50" not in ada.get(other).text


def test_a_form_that_another_site_sends_keeps_nothing(world: World) -> None:
    """Browsers send none of our cookies with it."""
    item = world.member("Sam").list_item()
    victim = world.browser()

    answer = victim.client.post(f"{item}/bid/review", data={"maximum": "999999"})

    assert answer.status_code == 400
    assert "gavel_typed" not in str(answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize("forged", ["", "x", "eyJ0.abc", "\x00"])
def test_a_forged_cookie_says_nothing(world: World, forged: str) -> None:
    item, ada = world.member("Sam").list_item(), world.member("Ada")
    ada.client.set_cookie("gavel_typed", forged)

    assert "Nothing has been bid yet." not in ada.get(item).text
