"""Iterations in real processes: stopped, killed, watched."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bus_drain.state import JobRun

from tests.clients.bus_drain.jobs import iterating
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[4]
MODULE = "tests.clients.bus_drain.jobs.iterating"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ITERATING_FOLDER", str(tmp_path))
    return tmp_path


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    running = subprocess.Popen([sys.executable, "-m", *arguments], cwd=ROOT, stdout=subprocess.PIPE)
    with running:
        try:
            yield running
        finally:
            running.kill()


def handled(folder: Path) -> list[str]:
    file = folder / "handled"
    return file.read_text().split() if file.exists() else []


def only_run() -> JobRun:
    (run,) = iterating.build().runs()
    return run


ALL = [f"i{number}" for number in range(iterating.COUNT)]


def test_after_sigterm_another_process_goes_on_where_it_was(folder: Path) -> None:
    (folder / "hold").write_text("i4")
    iterating.build().start("count", "i")
    with process(MODULE) as first:
        wait_for(lambda: "i4" in handled(folder), what="the fifth item")
        first.send_signal(signal.SIGTERM)
        (folder / "hold").unlink()
        assert first.wait(20) == 0
    # The signal may take a step or two to be heard, where processors are scarce.
    assert (only_run().status, only_run().done) == ("waiting", len(handled(folder)))

    with process(MODULE):
        wait_for(lambda: only_run().status == "finished", what="the end")
    assert handled(folder) == ALL


def test_a_step_that_does_not_end_is_left_behind_as_if_killed(folder: Path) -> None:
    (folder / "hold").write_text("i4")
    iterating.build().start("count", "i")
    with process(MODULE) as first:
        wait_for(lambda: "i4" in handled(folder), what="the fifth item")
        first.send_signal(signal.SIGTERM)
        assert first.wait(40) == 0
    assert (only_run().status, only_run().done) == ("running", 4)


def test_after_kill_9_the_reaper_has_it_go_on_where_it_was(folder: Path) -> None:
    (folder / "hold").write_text("i4")
    iterating.build().start("count", "i")
    with process(MODULE) as first:
        wait_for(lambda: "i4" in handled(folder), what="the fifth item")
        first.kill()
        first.wait(20)
    assert (only_run().status, only_run().done) == ("running", 4)

    (folder / "hold").unlink()
    with process(MODULE):
        wait_for(lambda: only_run().status == "finished", what="the end")
    assert handled(folder) == [*ALL[:5], *ALL[4:]]


def test_the_command_iterates_here_stops_at_ctrl_c_and_goes_on(folder: Path) -> None:
    command = ("bus_drain.jobs", "iterate", f"{MODULE}:build", "count", "i")
    (folder / "hold").write_text("i4")
    with process(*command) as first:
        wait_for(lambda: "i4" in handled(folder), what="the fifth item")
        first.send_signal(signal.SIGINT)
        (folder / "hold").unlink()
        assert first.wait(20) == 1
        assert first.stdout is not None
        done = len(handled(folder))
        assert first.stdout.read() == b"count i: waiting, %d of 12 done\n" % done

    with process(*command) as second:
        assert second.wait(20) == 0
        assert second.stdout is not None
        assert second.stdout.read() == b"count i: finished, 12 of 12 done\n"
    assert handled(folder) == ALL


def test_a_terminal_shows_progress(folder: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bus_drain.jobs", "iterate", f"{MODULE}:build", "count", "i"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=dict(os.environ) | {"TERM": "xterm"},
        stderr=theirs,
        stdout=subprocess.PIPE,
        check=True,
        timeout=60,
    )
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    os.close(theirs)

    assert "12/12" in shown
    assert done.stdout == b"count i: finished, 12 of 12 done\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["iterate", f"{MODULE}:build", "nonsense"], b"no iteration is named nonsense"),
        (["iterate", "no_such_module:x", "count"], b"no_such_module"),
        (["runs", f"{MODULE}:COUNT"], b"is no Iterations"),
    ],
)
def test_a_mistake_is_told_in_words(arguments: list[str], says: bytes) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bus_drain.jobs", *arguments],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 2
    assert says in done.stderr
    assert b"Traceback" not in done.stderr
