"""Passwords of who has an account and of who has none cost the same."""

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from auction_app.accounts.passwords import Passwords


class Watched(PasswordHasher):
    """Remembers what it was asked to compare with, and what came of that."""

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
        self.compared = hash
        with pytest.raises(VerifyMismatchError):
            return super().verify(hash, password)
        raise VerifyMismatchError


@pytest.mark.parametrize("password", ["", "nobody's password", "correct horse battery staple"])
def test_without_a_stored_hash_one_of_the_same_cost_is_compared_and_never_matches(
    password: str,
) -> None:
    hasher = Watched(time_cost=2, memory_cost=64, parallelism=3)
    assert Passwords(hasher).match(password, None) is False
    assert hasher.check_needs_rehash(hasher.compared) is False
    assert len(hasher.compared) == len(hasher.hash(password))


def test_two_processes_compare_with_hashes_of_their_own() -> None:
    compared = set()
    for _ in range(2):
        hasher = Watched(time_cost=1, memory_cost=8, parallelism=1)
        Passwords(hasher).match("anything", None)
        compared.add(hasher.compared)
    assert len(compared) == 2
