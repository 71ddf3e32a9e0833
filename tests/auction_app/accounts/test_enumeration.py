"""Nobody learns who has an account: neither from an answer, nor from how much work it was."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event

from auction_app.accounts.passwords import Passwords
from tests.auction_app.conftest import Browser, World, email_of

TOKEN = re.compile(r'(?<=name="csrf_token" value=")[^"]+')


class CountingHasher(PasswordHasher):
    """Cheap, and counts what costs time in earnest."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.work = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.work += 1
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.work += 1
        return super().verify(hash, password)


@dataclass
class Work:
    """What a request did that takes time: hashes, and commits that had something to write."""

    hashes: int = 0
    commits: list[int] = field(default_factory=list)


@contextmanager
def watched(world: World, hasher: CountingHasher) -> Iterator[Work]:
    work, engine, written = Work(), world.parts.store.engine, [0]
    before = hasher.work

    def statement(*args: object) -> None:
        cursor = args[1]
        written[0] += max(0, getattr(cursor, "rowcount", 0))

    def commit(_connection: object) -> None:
        if written[0]:
            work.commits.append(1)
        written[0] = 0

    event.listen(engine, "after_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        yield work
    finally:
        event.remove(engine, "after_cursor_execute", statement)
        event.remove(engine, "commit", commit)
        work.hashes = hasher.work - before


def sign_in(browser: Browser, email: str) -> str:
    return browser.sign_in("Ada", email=email, password="not the password").text


def sign_up(browser: Browser, email: str) -> str:
    return browser.sign_up("Ada", email=email, password="another password").text


def forget_password(browser: Browser, email: str) -> str:
    return browser.post("/forgot-password", {"email": email}).text


def change_address(browser: Browser, email: str) -> str:
    browser.sign_in("Bob")
    form = {"email": email, "password": "Bob's long password"}
    return browser.follow(browser.post("/account/address", form)).text


@pytest.mark.parametrize("send", [sign_in, sign_up, forget_password, change_address])
def test_a_form_answers_alike_and_works_as_hard_whether_an_address_is_known(
    make_world: Callable[..., World], send: Callable[[Browser, str], str]
) -> None:
    hasher = CountingHasher()
    world = make_world(passwords=Passwords(hasher))
    world.member("Ada")
    world.browser().sign_up("Bob")
    answers, works = [], []

    for name in ("Ada", "Eve"):
        browser = world.browser()
        browser.get("/sign-in")
        with watched(world, hasher) as work:
            text = send(browser, email_of(name))
        works.append(work)
        answers.append(TOKEN.sub("TOKEN", text.replace(email_of(name), "X")))

    assert answers[0] == answers[1]
    assert works[0] == works[1]
    assert works[0].hashes + len(works[0].commits) > 0
