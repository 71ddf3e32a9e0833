"""Two-factor sign-in: what is asked for, what is taken, and what gets nobody past it."""

import dataclasses
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from auction_app.config import Config
from auction_app.db.tables import app_factors, recovery_codes
from tests.auction_app.accounts.two_factor import (
    Phone,
    is_signed_in,
    second_step,
    secret_in,
    set_up,
    setup_in,
)
from tests.auction_app.conftest import (
    MAILER_TOKEN,
    Browser,
    World,
    as_program,
    email_of,
    password_of,
    path_of,
)

STEP_S = 30


@pytest.fixture
def ada(world: World) -> Browser:
    return world.member("Ada")


def changes_told(world: World) -> list[str]:
    """What the mailer is told of how Ada signs in, the oldest first."""
    answer = world.app.test_client().get(
        path_of(world.customer_url("Ada")), headers=as_program(MAILER_TOKEN)
    )
    return [it["what"] for it in reversed(answer.get_json().get("sign_in_changes", []))]


def test_it_is_on_only_after_a_first_code_and_then_a_code_is_asked_for(
    world: World, ada: Browser
) -> None:
    asked = ada.post("/account/two-factor/begin", {"password": password_of("Ada")})
    assert re.search(r'class="qr"[^>]*><svg', asked.text)
    assert world.browser().sign_in("Ada").headers["Location"] == "/"

    phone, codes = set_up(ada, "Ada")

    assert len(set(codes)) == 10
    other = world.browser()
    assert other.sign_in("Ada", next="/my/bids").headers["Location"].startswith("/sign-in/code")
    assert not is_signed_in(other)
    world.clock.pass_s(STEP_S)
    other.get("/sign-in/code?next=/my/bids")
    answer = other.post("/sign-in/code", {"code": phone.code(), "next": "/my/bids"})
    assert answer.headers["Location"] == "/my/bids"
    assert is_signed_in(other)
    assert "with password and code" in other.get("/account/sessions").text


def test_turning_it_on_ends_every_other_session_and_is_told_once(
    world: World, ada: Browser
) -> None:
    elsewhere = world.browser()
    elsewhere.sign_in("Ada")

    set_up(ada, "Ada")

    assert is_signed_in(ada)
    assert not is_signed_in(elsewhere)
    assert changes_told(world) == ["two-factor-on"]


def test_without_the_password_nobody_turns_it_on(world: World, ada: Browser) -> None:
    refused = ada.post("/account/two-factor/begin", {"password": "guess"})

    assert refused.status_code == 422
    assert 'name="setup"' not in refused.text


def test_a_wrong_first_code_turns_nothing_on(world: World, ada: Browser) -> None:
    asked = ada.post("/account/two-factor/begin", {"password": password_of("Ada")})

    for wrong in ("", "000000x", "12345", "abcdef", "٣٣٣٣٣٣", "0" * 5000):
        answer = ada.post("/account/two-factor", {"setup": setup_in(asked), "code": wrong})
        assert answer.status_code == 422
        assert secret_in(answer) == secret_in(asked)

    assert world.browser().sign_in("Ada").headers["Location"] == "/"


def test_a_setup_is_good_for_its_own_account_for_half_an_hour_and_under_its_password(
    world: World, ada: Browser
) -> None:
    bob = world.member("Bob")
    asked = ada.post("/account/two-factor/begin", {"password": password_of("Ada")})
    phone = Phone(world, secret_in(asked))

    def tried(browser: Browser, setup: str = setup_in(asked)) -> int:
        form = {"setup": setup, "code": phone.code()}
        return browser.post("/account/two-factor", form).status_code

    assert tried(bob) == 409
    assert [tried(ada, setup) for setup in ("", "x", "!", "AAAA", "é")] == [409] * 5
    world.clock.pass_s(31 * 60)
    assert tried(ada) == 409
    world.clock.pass_s(-31 * 60)
    ada.post(
        "/account/password", {"old_password": password_of("Ada"), "new_password": "another one 7"}
    )
    assert tried(ada) == 409


def test_a_code_is_good_once_wherever_it_is_used(world: World, ada: Browser) -> None:
    phone, _ = set_up(ada, "Ada")
    first, second = world.browser(), world.browser()
    for browser in (first, second):
        browser.sign_in("Ada")
    assert second_step(first, phone.code()).status_code == 422  # it turned it on

    world.clock.pass_s(STEP_S)
    code = phone.code()
    assert second_step(first, code).status_code == 303
    assert second_step(second, code).status_code == 422
    assert not is_signed_in(second)


def test_a_clock_may_be_off_by_one_step_and_no_code_before_the_last_is_taken(
    world: World, ada: Browser
) -> None:
    phone, _ = set_up(ada, "Ada")
    world.clock.pass_s(10 * STEP_S)

    def answer(off_by_s: int) -> int:
        browser = world.browser()
        browser.sign_in("Ada")
        code = dataclasses.replace(phone, off_by_s=off_by_s).code()
        return second_step(browser, code).status_code

    assert answer(-2 * STEP_S) == 422
    assert answer(2 * STEP_S) == 422
    assert answer(-STEP_S) == 303
    assert answer(STEP_S) == 303
    assert answer(0) == 422  # older than one that was used


def test_a_recovery_code_works_once_however_it_is_written_and_is_told(
    world: World, ada: Browser
) -> None:
    _, codes = set_up(ada, "Ada")
    first, second = world.browser(), world.browser()
    for browser in (first, second):
        browser.sign_in("Ada")

    assert second_step(first, f" {codes[0].upper().replace('-', ' ')} ").status_code == 303
    assert second_step(second, codes[0]).status_code == 422

    assert "9 recovery codes are left" in first.get("/account/two-factor").text
    assert changes_told(world) == ["two-factor-on", "recovery-code-used"]


def test_new_recovery_codes_replace_the_old(world: World, ada: Browser) -> None:
    _, old = set_up(ada, "Ada")

    answer = ada.post("/account/two-factor/codes", {"renew_proof": password_of("Ada")})

    new = re.findall(r"<code>([a-z0-9-]{19})</code>", answer.text)
    assert len(new) == 10
    browser = world.browser()
    browser.sign_in("Ada")
    assert second_step(browser, old[0]).status_code == 422
    assert second_step(browser, new[0]).status_code == 303


def test_ten_guesses_an_hour_are_judged_and_the_right_code_counts_for_none(
    world: World, ada: Browser
) -> None:
    phone, _ = set_up(ada, "Ada")
    world.clock.pass_s(STEP_S)
    thief = world.browser()
    thief.sign_in("Ada")
    for _ in range(3):
        assert second_step(thief, "000000").status_code == 422
    friend = world.browser()
    friend.sign_in("Ada")
    assert second_step(friend, phone.code()).status_code == 303

    rest = [second_step(thief, f"{n:06}").status_code for n in range(8)]

    assert rest == [422] * 7 + [429]
    world.clock.pass_s(STEP_S)
    another = world.browser()
    another.sign_in("Ada")
    assert second_step(another, phone.code()).status_code == 429  # guesses are the account's
    ada.post("/sign-out")
    ada.sign_in("Ada")
    assert second_step(ada, phone.code()).status_code == 303  # and keep nobody out who was here


def test_the_second_step_needs_the_first_and_waits_ten_minutes(world: World, ada: Browser) -> None:
    phone, _ = set_up(ada, "Ada")
    world.clock.pass_s(STEP_S)
    stranger = world.browser()
    assert second_step(stranger, phone.code()).headers["Location"] == "/sign-in?next=/"

    late = world.browser()
    late.sign_in("Ada")
    world.clock.pass_s(601)
    answer = late.post("/sign-in/code", {"code": phone.code(), "next": "/my/bids"})
    assert answer.headers["Location"] == "/sign-in?next=/my/bids"
    assert not is_signed_in(late)


def test_a_password_that_was_changed_meanwhile_opens_no_second_step(
    world: World, ada: Browser
) -> None:
    phone, _ = set_up(ada, "Ada")
    thief = world.browser()
    thief.sign_in("Ada")
    ada.post(
        "/account/password", {"old_password": password_of("Ada"), "new_password": "another one 7"}
    )
    world.clock.pass_s(STEP_S)

    assert second_step(thief, phone.code()).headers["Location"].startswith("/sign-in?")
    assert not is_signed_in(thief)


def test_a_reset_of_the_password_gets_nobody_past_it(world: World, ada: Browser) -> None:
    set_up(ada, "Ada")
    thief = world.browser()
    thief.post("/forgot-password", {"email": email_of("Ada")})
    link = world.mailed_link("Ada", "reset-password")
    thief.get(link)
    thief.post(link, {"new_password": "the thief's password"})

    answer = thief.sign_in("Ada", password="the thief's password")

    assert answer.headers["Location"].startswith("/sign-in/code")
    assert not is_signed_in(thief)


@pytest.mark.parametrize("by", ["password", "code"])
def test_the_password_or_a_code_turns_it_off_and_nothing_else(
    world: World, ada: Browser, by: str
) -> None:
    phone, codes = set_up(ada, "Ada")
    world.clock.pass_s(STEP_S)
    for wrong in ("", "000000", "guess", codes[0]):
        assert ada.post("/account/two-factor/off", {"proof": wrong}).status_code == 422

    proof = password_of("Ada") if by == "password" else phone.code()
    assert ada.post("/account/two-factor/off", {"proof": proof}).status_code == 303

    assert world.browser().sign_in("Ada").headers["Location"] == "/"
    assert changes_told(world) == ["two-factor-on", "two-factor-off"]


def test_no_output_and_no_table_holds_the_secret_or_a_recovery_code(
    world: World, ada: Browser
) -> None:
    phone, codes = set_up(ada, "Ada")

    shown = ada.get("/account/export").text + ada.get("/account/two-factor").text
    with world.parts.store.reading() as conn:
        stored = str([conn.execute(select(it)).all() for it in (app_factors, recovery_codes)])

    for secret in (phone.secret, *codes, codes[0].replace("-", "")):
        assert secret not in shown + stored
    assert ada.get("/account/export").get_json()["two_factor_sign_in"] == [
        {"since_ms": world.clock.now_ms, "recovery_codes_left": 10}
    ]


def test_a_house_with_another_secret_key_takes_recovery_codes_still(
    world: World, make_world: Callable[..., World], config: Config
) -> None:
    phone, codes = set_up(world.member("Ada"), "Ada")
    moved = make_world(dataclasses.replace(config, secret_keys=("quite another secret key",)))
    moved.clock.pass_s(STEP_S)
    browser = moved.browser()
    browser.sign_in("Ada")

    answer = second_step(browser, dataclasses.replace(phone, world=moved).code())
    assert answer.status_code == 422
    assert "Use a recovery code" in answer.text
    assert second_step(browser, codes[0]).status_code == 303


def test_a_secret_that_was_copied_to_another_account_opens_nothing(
    world: World, ada: Browser
) -> None:
    """Who can write to the table has not got the key."""
    phone, _ = set_up(ada, "Ada")
    set_up(world.member("Bob"), "Bob")
    with world.parts.begin() as act:
        secrets = dict(
            act.conn.execute(select(app_factors.c.customer_id, app_factors.c.sealed_secret)).all()
        )
        mine = world.customer_url("Ada").rsplit("/", 1)[1]
        act.conn.execute(app_factors.update().values(sealed_secret=secrets[mine], last_step=0))
    world.clock.pass_s(STEP_S)
    thief = world.browser()
    thief.sign_in("Bob")

    assert second_step(thief, phone.code()).status_code == 422


def test_a_closed_account_gets_no_second_step(world: World, ada: Browser) -> None:
    phone, _ = set_up(ada, "Ada")
    half = world.browser()
    half.sign_in("Ada")
    account = path_of(world.customer_url("Ada"))
    mo = world.moderator("Mo")
    mo.post(f"/moderation{account}", {"action": "ban", "note": "Rule 1."})
    world.clock.pass_s(STEP_S)

    assert second_step(half, phone.code()).status_code == 303
    assert not is_signed_in(half)


def test_moderators_are_asked_for_a_second_factor_where_the_house_wants_it(
    make_world: Callable[..., World], config: Config
) -> None:
    strict = make_world(dataclasses.replace(config, moderators_need_two_factors=True))
    mo = strict.moderator("Mo")

    refused = mo.get("/moderation")
    assert refused.status_code == 403
    assert "/account/two-factor" in refused.text
    set_up(mo, "Mo")
    assert mo.get("/moderation").status_code == 200

    mo.post("/account/two-factor/off", {"proof": password_of("Mo")})
    assert mo.get("/moderation/trail").status_code == 403
    assert strict.member("Eve").get("/moderation").status_code == 404


def test_an_account_that_is_deleted_leaves_nothing_of_it(world: World, ada: Browser) -> None:
    set_up(ada, "Ada")

    assert ada.post("/account/delete", {"password": password_of("Ada")}).status_code == 303

    with world.parts.store.reading() as conn:
        assert conn.execute(select(app_factors)).all() == []
        assert conn.execute(select(recovery_codes)).all() == []
