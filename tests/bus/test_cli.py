"""`python -m bus.cli clients add`: NAME TOKEN, a line each."""

import pytest
from click.testing import CliRunner, Result
from service_kit.tokens import digest

from bus.cli import main
from bus.storage import Storage

TOKEN = "a-token-from-a-secret-store"


@pytest.fixture(autouse=True)
def settings(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUS_DATABASE_URL", url)
    monkeypatch.setenv("BUS_ROOT_KEY", "root-key-of-the-tests")


def add(*clients: tuple[str, str]) -> Result:
    lines = "".join(f"{name} {token}\n" for name, token in clients)
    return CliRunner().invoke(main, ["clients", "add"], input=lines)


def test_a_client_is_added_with_the_token_from_standard_input(storage: Storage) -> None:
    done = add(("ada", TOKEN))
    assert done.exit_code == 0
    assert TOKEN not in done.output
    found = storage.clients.find(digest(TOKEN))
    assert found is not None
    assert found[1].name == "ada"


def test_adding_again_changes_nothing(storage: Storage) -> None:
    assert add(("ada", TOKEN)).exit_code == add(("ada", TOKEN)).exit_code == 0
    assert list(storage.clients.names()).count("ada") == 1


def test_a_new_token_is_one_more(storage: Storage) -> None:
    add(("ada", TOKEN))
    add(("ada", TOKEN + "-2"))
    assert list(storage.clients.names()).count("ada") == 2


@pytest.mark.parametrize(
    "token", ["", "short", "has:a-colon-in-the-middle", "has a space inside it"]
)
def test_a_bad_token_is_refused_without_repeating_it(token: str) -> None:
    done = add(("ada", token))
    assert done.exit_code == 1
    assert not token or token not in done.output


def test_a_token_of_another_client_is_refused() -> None:
    add(("ada", TOKEN))
    assert add(("eve", TOKEN)).exit_code == 1


def test_a_line_may_end_with_scopes(storage: Storage) -> None:
    for words, scopes in (("publish", {"publish"}), ("admin,monitor", {"admin", "monitor"})):
        assert add(("ada", f"{TOKEN} {words}")).exit_code == 0
        found = storage.clients.find(digest(TOKEN))
        assert found is not None
        assert found[1].scopes == scopes
    assert add(("ada", f"{TOKEN} publish,everything")).exit_code == 1


def test_a_bad_name_is_refused() -> None:
    assert add(("-a", TOKEN)).exit_code == 1


def test_all_lines_are_taken_or_none(storage: Storage) -> None:
    assert add(("ada", TOKEN), ("eve", TOKEN)).exit_code == 1
    assert add(("ada", TOKEN), ("eve", "short")).exit_code == 1
    assert "ada" not in storage.clients.names()
    assert add(("ada", TOKEN), ("eve", TOKEN + "-2")).exit_code == 0
    assert {"ada", "eve"} <= set(storage.clients.names())
