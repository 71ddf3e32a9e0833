"""`make run` and what becomes of its processes when it ends, however it does."""

import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from service_kit.errors import ConfigError
from service_kit.run.only_one import lock_folder

from tests.sockets import free_port
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

EXAMPLE = "VAR_DIR=var\nPORT_BASE=8000\n"
# One that is forked from the run, and a program of its own.
PROCFILE = """\
early: nice -n 1 python -m early
late: nice -n 1 {python} -c "import os; print(os.getpid(), flush=True); os.read(os.pipe()[0], 1)"
"""
EARLY = """\
import os
if __name__ == "__main__":
    print(os.getpid(), flush=True)
    os.read(os.pipe()[0], 1)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "early.py").write_text(EARLY)
    (tmp_path / ".env.example").write_text(EXAMPLE)
    (tmp_path / "Procfile").write_text(PROCFILE.format(python=sys.executable))
    return tmp_path


@contextmanager
def running(
    folder: Path, output: IO[bytes] | int = subprocess.PIPE, **settings: str
) -> Iterator[subprocess.Popen[str]]:
    """A run of the folder; killed at the end if it is still there."""
    run = subprocess.Popen(
        [sys.executable, "-m", "service_kit.run"],
        cwd=folder,
        env=os.environ | settings,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield run
    finally:
        run.kill()
        run.wait()
        if run.stdout is not None:
            run.stdout.close()


def pids(folder: Path) -> list[int]:
    """Of the processes that have said theirs, each the last that it said."""
    logs = [folder / "var" / "log" / f"{name}.log" for name in ("early", "late")]
    said = [log.read_text() for log in logs if log.exists()]
    return [int(text.split()[-1]) for text in said if text.endswith("\n")]


def all_started(folder: Path) -> list[int]:
    """The pids of the processes, once all run."""
    wait_for(lambda: len(pids(folder)) == 2)
    return pids(folder)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize(
    "number", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM, signal.SIGINT], ids=lambda it: it.name
)
def test_no_process_outlives_the_run(folder: Path, number: signal.Signals) -> None:
    with running(folder) as run:
        started = all_started(folder)
        os.kill(run.pid, number)
        wait_for(lambda: not any(map(is_alive, started)))
        run.wait(30)


def said(run: "subprocess.Popen[str]", words: str) -> str:
    """The next line of the run that has these words."""
    assert run.stdout is not None
    return next(line for line in run.stdout if words in line)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda it: it.name)
def test_a_process_that_ends_runs_again_and_no_other_does(
    folder: Path, number: signal.Signals
) -> None:
    with running(folder) as run:
        said(run, "Ready.")
        early, late = all_started(folder)
        os.kill(early, number)
        wait_for(lambda: len(pids(folder)) == 2 and early not in pids(folder))
        assert late in pids(folder)
        told = said(run, "early ended")
        assert told.startswith(f"early ended (killed by {number.name}), it starts again in ")
        assert said(run, "early starts again")


def test_a_process_that_can_not_be_started_is_tried_again_and_others_run_on(folder: Path) -> None:
    log = folder / "var" / "log" / "early.log"
    with running(folder) as run:
        assert run.stdout is not None
        while run.stdout.readline().strip() != "Ready.":
            pass
        early, late = all_started(folder)
        soft, hard = resource.prlimit(run.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(run.pid, resource.RLIMIT_NOFILE, (3, hard))
        os.kill(early, signal.SIGKILL)
        wait_for(lambda: "can't be started" in log.read_text())
        assert is_alive(late)
        resource.prlimit(run.pid, resource.RLIMIT_NOFILE, (soft, hard))
        wait_for(lambda: is_alive(int(re.findall(r"^\d+$", log.read_text(), re.MULTILINE)[-1])))


def test_a_run_goes_on_when_what_it_says_has_no_room(folder: Path) -> None:
    with Path("/dev/full").open("wb") as full, running(folder, full) as run:
        goes_on_and_ends_well(folder, run)


def test_a_run_goes_on_when_nobody_reads_what_it_says(folder: Path) -> None:
    with running(folder) as run:
        said(run, "Ready.")
        assert run.stdout is not None
        run.stdout.close()
        goes_on_and_ends_well(folder, run)


def goes_on_and_ends_well(folder: Path, run: "subprocess.Popen[str]") -> None:
    early, late = all_started(folder)
    os.kill(early, signal.SIGKILL)
    wait_for(lambda: len(pids(folder)) == 2 and early not in pids(folder))
    assert late in pids(folder)
    os.kill(run.pid, signal.SIGTERM)
    assert run.wait(30) == 0


def test_a_process_that_ends_before_all_are_ready_ends_the_run(folder: Path) -> None:
    with (folder / "Procfile").open("a") as procfile:
        procfile.write(f"bad: {sys.executable} -c 'import sys; sys.exit(4)'\n")
    (folder / ".env.example").write_text(f"{EXAMPLE}PORT_BAD={free_port()}\n")
    with running(folder) as run:
        said, _ = run.communicate(timeout=60)
    assert run.returncode == 4
    assert said.startswith("bad ended by itself, so all were stopped:\n")


@pytest.mark.parametrize("blocks", [0, 1], ids=["nothing", "half of the secrets"])
def test_a_start_without_room_is_refused_in_one_line_and_keeps_no_half_secret(
    folder: Path, blocks: int
) -> None:
    secrets = "".join(f"TOKEN_{number}=\n" for number in range(30))
    (folder / ".env.example").write_text(f"{EXAMPLE}{secrets}")
    command = f"ulimit -f {blocks}; exec {sys.executable} -m service_kit.run"
    ended = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr.count(b"\n")) == (2, 1), ended.stderr
    assert ended.stderr.startswith(b"VAR_DIR: it can't start there (")
    assert (folder / "var" / "secrets.env").read_bytes() == b""


@pytest.mark.parametrize(
    ("name", "content"), [("secrets.env", b"TOKEN=\xff\xfe\n"), ("log", b"a file\n")]
)
def test_a_start_in_a_folder_that_something_else_has_been_in_is_refused_in_one_line(
    folder: Path, name: str, content: bytes
) -> None:
    (folder / "var").mkdir(exist_ok=True)
    (folder / "var" / name).write_bytes(content)
    command = [sys.executable, "-m", "service_kit.run"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr.count(b"\n")) == (2, 1), ended.stderr
    assert ended.stderr.startswith(b"VAR_DIR")


def test_a_second_run_of_a_folder_is_refused_in_one_line(folder: Path) -> None:
    with running(folder) as first:
        all_started(folder)
        addresses = (folder / "var" / "house.env").read_text()
        assert "export PORT_BASE=8000\n" in addresses
        with running(folder, PORT_BASE="9000") as second:
            said, _ = second.communicate(timeout=60)
        assert second.returncode == 2
        assert (folder / "var" / "house.env").read_text() == addresses
        assert said.count("\n") == 1
        assert f"VAR_DIR: process {first.pid} already runs in {folder}/var" in said
        assert first.poll() is None


def test_a_folder_is_free_again_once_its_run_has_ended(folder: Path) -> None:
    with running(folder) as first:
        started = all_started(folder)
        with pytest.raises(ConfigError, match=f"process {first.pid} "):
            lock_folder(folder / "var")
        first.kill()
        wait_for(lambda: not any(map(is_alive, started)))

    def is_free() -> bool:
        try:
            os.close(lock_folder(folder / "var"))
        except ConfigError:
            return False
        return True

    wait_for(is_free)


def test_whoever_works_at_a_house_has_the_settings_that_it_was_started_with(folder: Path) -> None:
    with running(folder, PORT_BASE="9000", VAR_DIR=str(folder / "other")):
        wait_for((folder / "other" / "house.env").exists)
        ask = f". other/house.env; {sys.executable} -m service_kit.run.with_settings env"
        told = subprocess.run(
            ask, shell=True, cwd=folder, capture_output=True, text=True, check=True, timeout=60
        )
        assert {"PORT_BASE=9000", f"VAR_DIR={folder / 'other'}"} <= set(told.stdout.splitlines())
        assert "PORT_BASE=9000" in (folder / "other" / "house.env").read_text()
