"""What a drain remembers shows no secrets, and begins with nothing."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest
from bus_drain import BadSettings, open_state
from bus_drain.state import Cached, JobRun


def test_no_text_form_shows_where_a_state_is_or_what_is_cached(tmp_path: Path) -> None:
    state = open_state(f"sqlite:///{tmp_path}/hunter2.sqlite3")

    assert "hunter2" in state.url
    assert "hunter2" not in repr(state)
    assert "hunter2" not in repr(Cached(b"hunter2", "ticket"))
    state.close()


def files_open(folder: Path) -> set[str]:
    links = [os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()]
    return {Path(link).name for link in links if link.startswith(str(folder))}


def test_a_state_that_was_closed_holds_no_file(tmp_path: Path) -> None:
    state = open_state(f"sqlite:///{tmp_path}/state.sqlite3")
    state.seen.add(["1"], 0)
    state.marks.set(["https://a.example/1"], 0)
    assert "state.sqlite3" in files_open(tmp_path)

    state.close()
    assert files_open(tmp_path) == set()


def test_a_state_that_could_not_be_opened_holds_no_file(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "state.sqlite3")) as newer, newer:
        newer.execute("CREATE TABLE bus_drain_versions (number INTEGER NOT NULL)")
        newer.execute("INSERT INTO bus_drain_versions VALUES (1000)")

    with pytest.raises(BadSettings) as caught:  # which holds on to what was under way
        open_state(f"sqlite:///{tmp_path}/state.sqlite3")
    assert "1000" in str(caught.value)
    assert files_open(tmp_path) == set()


def test_a_new_run_has_done_nothing_and_waits_for_anybody() -> None:
    new = JobRun(id="w i", iteration="w", argument="i", status="waiting")

    assert asdict(new) == {
        "id": "w i",
        "iteration": "w",
        "argument": "i",
        "status": "waiting",
        "cursor": None,
        "done": 0,
        "total": None,
        "owner": None,
        "beat_at_ms": 0,
        "not_before_ms": 0,
        "failures": 0,
        "error": None,
        "version": 0,
    }
