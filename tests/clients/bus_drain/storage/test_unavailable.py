"""An engine that can't be reached says so in the drain's words, without its address."""

from __future__ import annotations

from pathlib import Path

import pytest
from bus_drain import BadSettings, StateUnavailable
from bus_drain.storage import open_state

from tests.faults import commits_failing
from tests.sockets import free_port


@pytest.mark.parametrize(
    "scheme", ["postgresql://secret@127.0.0.1:{}/x", "redis://:secret@127.0.0.1:{}/0"]
)
def test_nobody_there(scheme: str) -> None:
    with pytest.raises(StateUnavailable) as caught:
        open_state(scheme.format(free_port()))

    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"not a database" * 100)

    with pytest.raises(StateUnavailable):
        open_state(f"sqlite:///{tmp_path}/state")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StateUnavailable, match=f"{tmp_path}/nowhere/state.*: No such file"):
        open_state(f"sqlite:///{tmp_path}/nowhere/state")


def test_a_folder_that_goes_away_makes_the_state_unavailable(tmp_path: Path) -> None:
    folder = tmp_path / "mounted"
    folder.mkdir()
    state = open_state(f"sqlite:///{folder}/state")
    folder.rename(tmp_path / "elsewhere")

    with pytest.raises(StateUnavailable):
        state.seen.add({"1"}, 0)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_what_was_not_committed_is_not_remembered(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    on_postgres = engine == "postgresql"
    fixture = request.getfixturevalue("postgres_url") if on_postgres else ""
    url = fixture or f"sqlite:///{tmp_path}/state.sqlite3"
    state = open_state(url)
    with commits_failing(url, "bus_drain_seen"):
        for _ in range(2):
            with pytest.raises(StateUnavailable):
                state.seen.add({"1", "2"}, 0)
        assert state.seen.which({"1", "2"}) == frozenset()
    state.seen.add({"1"}, 0)
    assert state.seen.which({"1", "2"}) == {"1"}
    state.close()


@pytest.mark.parametrize("url", ["", "state.sqlite3", "mysql://a/b", "http://a.example/"])
def test_a_url_of_no_engine(url: str) -> None:
    with pytest.raises(BadSettings):
        open_state(url)
