"""What an operator does from a shell: keys that change, and members who have lost everything."""

import dataclasses
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from service_kit.errors import ConfigError

from auction_app.accounts.unreadable import refuse_other_keys
from auction_app.config import Config, read
from auction_app.support import __main__ as support
from tests.auction_app.accounts.two_factor import Phone, is_signed_in, second_step, set_up
from tests.auction_app.conftest import (
    MAILER_TOKEN,
    Browser,
    World,
    as_program,
    email_of,
    path_of,
)

NEW, OLD = "a key that was made today", "a secret key for tests only"
_STEP_S = 30


@pytest.fixture
def ada(world: World) -> Browser:
    return world.member("Ada")


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Runs the command with those settings: its exit status and what it prints."""

    def run(config: Config, *arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(support, "read", lambda: config)
        done = CliRunner().invoke(support.main, arguments)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    return run


def told(world: World) -> list[str]:
    contact = path_of(world.customer_url("Ada"))
    answer = world.app.test_client().get(contact, headers=as_program(MAILER_TOKEN))
    return [it["what"] for it in reversed(answer.get_json()["sign_in_changes"])]


def sign_in(world: World, phone: Phone) -> int:
    world.clock.pass_s(_STEP_S)
    browser = world.browser()
    browser.sign_in("Ada")
    return second_step(browser, dataclasses.replace(phone, world=world).code()).status_code


def test_under_a_new_key_all_that_the_old_one_signed_is_good_while_it_stands_behind(
    world: World, ada: Browser, make_world: Callable[..., World], config: Config
) -> None:
    phone, _ = set_up(ada, "Ada")
    link = world.parts.signatures.link_token("verify-email", "ada")
    cookie = ada.client.get_cookie("gavel")
    assert cookie

    moved = make_world(dataclasses.replace(config, secret_keys=(NEW, OLD)))

    assert moved.parts.signatures.read_link("verify-email", link) == ("ada", "")
    assert sign_in(moved, phone) == 303
    browser = moved.browser()
    browser.client.set_cookie("gavel", cookie.value)
    form = {"amount": "1", "csrf_token": ada.token}
    assert is_signed_in(browser)
    assert browser.client.post("/account/sessions/end-others", data=form).status_code != 400


def test_secrets_that_are_sealed_anew_need_the_old_key_no_more(
    ada: Browser,
    make_world: Callable[..., World],
    config: Config,
    shell: Callable[..., tuple[int, str]],
) -> None:
    phone, _ = set_up(ada, "Ada")
    both = dataclasses.replace(config, secret_keys=(NEW, OLD))
    for _time in range(2):
        assert shell(both, "reseal") == (0, "1 secrets are under the first key.\n")

    assert sign_in(make_world(dataclasses.replace(config, secret_keys=(NEW,))), phone) == 303


def test_a_key_that_opens_nothing_is_refused_at_start_until_those_locked_out_are_let_in(
    ada: Browser,
    make_world: Callable[..., World],
    config: Config,
    shell: Callable[..., tuple[int, str]],
) -> None:
    lost = dataclasses.replace(config, secret_keys=(NEW,))
    moved = make_world(lost)
    refuse_other_keys(moved.parts.store, moved.parts.signatures)
    set_up(ada, "Ada")

    with pytest.raises(ConfigError, match="AUCTIONS_SECRET_KEY: it opens the secret of no"):
        refuse_other_keys(moved.parts.store, moved.parts.signatures)
    status, said = shell(lost, "reseal")
    assert (status, "1 secrets are under no key" in said) == (1, True)
    assert shell(lost, "reseal", "--turn-off-unreadable")[0] == 0

    refuse_other_keys(moved.parts.store, moved.parts.signatures)
    assert told(moved) == ["two-factor-on", "app-unreadable"]
    assert moved.browser().sign_in("Ada").headers["Location"] == "/"


def test_who_has_lost_all_but_the_password_is_let_in_and_told_and_it_is_on_the_trail(
    world: World, ada: Browser, config: Config, shell: Callable[..., tuple[int, str]]
) -> None:
    set_up(ada, "Ada")
    command = ("reset-second-factors", email_of("Ada"), "--note", "Showed her passport.")

    status, said = shell(config, *command, "--yes")

    assert (status, "Ada" in said) == (0, True)
    assert not is_signed_in(ada)
    assert world.browser().sign_in("Ada").headers["Location"] == "/"
    assert told(world) == ["two-factor-on", "second-factors-reset"]
    trail = world.moderator("Mo").get("/moderation/trail").text
    assert "Showed her passport." in trail
    assert "Let a member sign in with the password alone" in trail
    assert shell(config, *command, "--yes")[0] == 1
    assert shell(config, "reset-second-factors", "x@example.org", "--note", "?", "--yes")[0] == 1


def test_nothing_is_reset_without_a_yes_or_a_reason(
    ada: Browser, config: Config, shell: Callable[..., tuple[int, str]]
) -> None:
    set_up(ada, "Ada")

    assert shell(config, "reset-second-factors", email_of("Ada"), "--note", "Why")[0] == 1
    assert shell(config, "reset-second-factors", email_of("Ada"), "--yes")[0] == 2
    assert is_signed_in(ada)


def test_a_key_that_is_short_is_refused_without_being_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AUCTIONS_SECRET_KEY", f"{NEW},too short")

    with pytest.raises(ConfigError) as refused:
        read()

    said = str(refused.value)
    assert "AUCTIONS_SECRET_KEY" in said
    assert "too short" not in said
