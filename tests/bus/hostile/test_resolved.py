"""Names that resolve to the inside, now or the next time: real dials by libcurl, with our
resolver told what to answer, and a real listener that must never be reached."""

from collections.abc import Callable

import pytest

from bus.delivery.answer import Answer
from bus.delivery.wire import resolver
from tests.bus.hostile.attempts import attempt, sending, took
from tests.bus.hostile.inside import Inside

NAME = "rebinding.example"
# Global unicast space that IANA has not given to anybody: public, and nobody answers.
PUBLIC = "[2d00::1]"
GUARDED = "the callback leads to"

Resolve = Callable[..., None]


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Resolve:
    """From now on the name means these addresses."""

    def now(*addresses: str) -> None:
        found = tuple(one.strip("[]") for one in addresses)
        monkeypatch.setattr(resolver, "look_up", lambda name: found if name == NAME else ())

    return now


def dial(inside: Inside, *trusted: str) -> Answer:
    with sending(trusted) as sender:
        return attempt(sender, f"https://{NAME}:{inside.port}/")


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("127.0.0.1", "loopback"),
        ("[::1]", "loopback"),
        ("10.0.0.1", "private"),
        ("172.31.0.1", "private"),
        ("192.168.0.1", "private"),
        ("169.254.169.254", "link-local"),
        ("[fe80::1]", "link-local"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("[fd00::1]", "unique local"),
        ("[::ffff:127.0.0.1]", "IPv4-mapped"),
        ("[64:ff9b::7f00:1]", "translated"),
        ("[2002:7f00:1::1]", "translated"),
        ("0.0.0.0", "this network"),
        ("[::]", "unspecified"),
    ],
)
def test_a_name_that_resolves_to_the_inside_is_not_dialled(
    inside: Inside, resolve: Resolve, address: str, word: str
) -> None:
    resolve(address)
    assert dial(inside).error == f"the callback leads to a {word} address"
    assert not inside.was_reached()


def test_a_name_that_resolves_to_the_outside_is_dialled(inside: Inside, resolve: Resolve) -> None:
    resolve(PUBLIC)
    answer = dial(inside)
    assert not took(answer)
    assert GUARDED not in str(answer.error)


def test_a_name_that_is_public_at_first_and_inside_then_is_not_dialled_then(
    inside: Inside, resolve: Resolve
) -> None:
    resolve(PUBLIC)
    assert GUARDED not in str(dial(inside).error)
    resolve("127.0.0.1")
    assert GUARDED in str(dial(inside).error)
    assert not inside.was_reached()


@pytest.mark.parametrize(
    "addresses", [(PUBLIC, "127.0.0.1"), ("127.0.0.1", PUBLIC), (PUBLIC, "[::1]")]
)
def test_an_inside_address_among_public_ones_is_not_fallen_back_to(
    inside: Inside, resolve: Resolve, addresses: tuple[str, ...]
) -> None:
    resolve(*addresses)
    assert not took(dial(inside))
    assert not inside.was_reached()


def test_a_trusted_name_may_resolve_to_the_inside(inside: Inside, resolve: Resolve) -> None:
    resolve("127.0.0.1")
    dial(inside, NAME)
    assert inside.was_reached()
