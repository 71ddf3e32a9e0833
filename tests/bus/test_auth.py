import pytest
from service_kit.tokens import digest

from bus.auth import Auth
from bus.errors import NotAuthenticated
from bus.model.client import Client

ADA = Client(1, "ada")


class Store:
    """Knows one token, until it doesn't; counts how often it was asked."""

    def __init__(self) -> None:
        self.known = {digest("token-of-ada"): ADA}
        self.asked = 0

    def find(self, shown: str) -> tuple[str, Client] | None:
        self.asked += 1
        return (shown, self.known[shown]) if shown in self.known else None


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def clock() -> list[float]:
    return [100.0]


@pytest.fixture
def access(store: Store, clock: list[float]) -> Auth:
    return Auth("root-key", store.find, lambda: clock[0])


def test_a_client_seen_a_moment_ago_is_not_looked_up_again(access: Auth, store: Store) -> None:
    assert [access.recent_client("token-of-ada") for _ in range(5)] == [ADA] * 5
    assert store.asked == 1


def test_nobody_is_remembered_before_the_store_knew_them(access: Auth, store: Store) -> None:
    assert access.remembered("token-of-eve") is None
    for _ in range(2):
        with pytest.raises(NotAuthenticated):
            access.recent_client("token-of-eve")
    assert store.asked == 2


def test_the_first_after_a_second_is_told_to_ask_again(access: Auth, clock: list[float]) -> None:
    access.client("token-of-ada")
    clock[0] += 1
    seen = [access.remembered("token-of-ada") for _ in range(3)]
    assert [one.stale for one in seen if one] == [True, False, False]


def test_a_token_that_was_deleted_elsewhere_is_forgotten_when_it_is_checked_again(
    access: Auth, store: Store, clock: list[float]
) -> None:
    access.client("token-of-ada")
    store.known.clear()
    clock[0] += 1
    access.check_again("token-of-ada")
    assert access.remembered("token-of-ada") is None


def test_nobody_is_remembered_for_two_seconds(access: Auth, clock: list[float]) -> None:
    access.client("token-of-ada")
    clock[0] += 2
    assert access.remembered("token-of-ada") is None


def test_forgetting_forgets_at_once(access: Auth, store: Store) -> None:
    access.client("token-of-ada")
    access.forget()
    assert access.remembered("token-of-ada") is None


def test_a_client_is_the_same_whichever_of_its_tokens_it_shows() -> None:
    assert Client(1, "shop", token_id=1) == Client(1, "shop", token_id=2)
