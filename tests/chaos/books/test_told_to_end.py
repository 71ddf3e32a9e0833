"""Who is told to end in the middle of a run leaves nobody and nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.procfile import ROOT
from tests.waiting import PATIENCE_S, wait_for


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda it: it.name)
def test_a_run_that_is_told_to_end_clears_its_house_away(
    tmp_path: Path, number: signal.Signals
) -> None:
    said = tmp_path / "said"
    surroundings = {it: value for it, value in os.environ.items() if it != "TESTS_SHARE_IN"}
    with said.open("wb") as out:
        run = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.books", "--seed", "3"],
            cwd=ROOT,
            env=surroundings | {"TMPDIR": str(tmp_path)},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(lambda: b"\n2 " in said.read_bytes(), what="rounds")
        assert len(_of(tmp_path)) > 10

        run.send_signal(number)

        assert run.wait(PATIENCE_S) == 128 + number, said.read_text()
        assert wait_for(lambda: not _of(tmp_path), what="nobody is left")
        assert [it.name for it in tmp_path.iterdir()] == ["said"]
    finally:
        for pid in (run.pid, *_of(tmp_path)):
            if run.poll() is None or pid != run.pid:
                os.kill(pid, signal.SIGKILL)


def _of(folder: Path) -> list[int]:
    """The processes whose temporary files are in this folder."""
    return [
        int(process.name)
        for process in Path("/proc").iterdir()
        if process.name.isdigit() and f"TMPDIR={folder}".encode() in _surroundings(process)
    ]


def _surroundings(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:  # it is over, or somebody else's
        return []
