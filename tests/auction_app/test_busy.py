"""What is costly is done by a few at once, and whoever comes beyond is told when to come again."""

import os
import threading
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from service_kit.bulkhead import Bulkhead

from auction_app.accounts.passwords import Passwords
from auction_app.db.tables import attempts
from tests.auction_app.conftest import World, email_of
from tests.auction_app.test_twice_at_once import sending
from tests.bids_service.commands.test_races import at_once


class Hungry(PasswordHasher):
    """Cheap, and counts how many work at once."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.now, self.most, self.lock = 0, 0, threading.Lock()
        self.together = threading.Event()
        self.niceness: set[int] = set()

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.niceness.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        self.together.wait(0.05)
        with self.lock:
            self.now -= 1
        return super().verify(hash, password)


def test_two_passwords_are_looked_at_at_once_behind_all_else_however_many_sign_in(
    make_world: Callable[..., World],
) -> None:
    hasher = Hungry()
    world = make_world(passwords=Passwords(hasher))
    names = [f"Ada{n}" for n in range(6)]
    forms = []
    for name in names:
        browser = world.browser()
        browser.sign_up(name)
        browser.get("/sign-in")
        form = {"email": email_of(name), "password": f"{name}'s long password"}
        forms.append(sending(browser, "/sign-in", form))

    assert at_once(forms) == [303] * 6

    assert hasher.most == 2
    assert min(hasher.niceness) >= 10
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < 10


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Very many people want this just now"), ("de", "Das wollen gerade sehr viele")],
)
def test_beyond_that_a_visitor_is_told_to_come_again_and_has_used_nothing_up(
    make_world: Callable[..., World], language: str, words: str
) -> None:
    full = Bulkhead(at_once=1, waiting=0)
    world = make_world(passwords=Passwords(Hungry(), full))
    world.browser().sign_up("Ada")
    ada = world.browser()
    ada.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language

    with full:
        answer = ada.sign_in("Ada")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert words in answer.text
    with world.parts.store.reading() as conn:
        assert len(conn.execute(attempts.select()).all()) == 1  # the sign-up
    assert ada.sign_in("Ada").status_code == 303
