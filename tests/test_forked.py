"""What is forked from a Python that has imported everything is what its command line says."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.forked import Forked, forking, start, start_line
from tests.procfile import ROOT

pytestmark = pytest.mark.slow

NOTHING: Mapping[str, str] = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
COMMANDS = (
    "python -m bus.cli --help",
    "python -m auction_app.demo",
    'gunicorn -c bus/gunicorn.conf.py -b 127.0.0.1:0 "bus.app:create_app()"',
)


def usual(command: str) -> tuple[int, str]:
    done = subprocess.run(
        f"exec {command}",
        shell=True,
        cwd=ROOT,
        env=NOTHING,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout
    return done.returncode, _words(done.stdout)


def _words(said: str) -> str:
    """Without the time and the number that gunicorn puts before its own."""
    return re.sub(r"^\[.*\] \[\d+\] ", "", said, flags=re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_it_says_and_ends_as_one_that_is_started(command: str, tmp_path: Path) -> None:
    with (tmp_path / "said").open("wb") as said:
        process = start_line(command, env=NOTHING, output=said.fileno())
    assert isinstance(process, Forked)
    code = process.wait(60)
    assert (code, _words((tmp_path / "said").read_text())) == usual(command)


@pytest.mark.parametrize("command", COMMANDS[:-1])
def test_a_shell_sees_the_same(command: str) -> None:
    done = subprocess.run(
        f"echo {{}} | {command} 2>&1; echo $?",
        shell=True,
        cwd=ROOT,
        env=forking(NOTHING),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    code, said = usual(command)
    assert done.stdout == f"{said}{code}\n"


def test_a_program_that_nobody_forks_is_started(tmp_path: Path) -> None:
    with (tmp_path / "said").open("wb") as said:
        process = start(["python", "-m", "this"], env=NOTHING, output=said.fileno())
    assert process.wait(60) == 0
    assert "Beautiful is better than ugly." in (tmp_path / "said").read_text()


def test_its_end_by_a_signal_is_told(tmp_path: Path) -> None:
    with (tmp_path / "said").open("wb") as said:
        waiting = ["python", "-m", "mailer_service.mailbox"]
        port = {"MAILBOX_DIR": str(tmp_path / "mails")}
        process = start(waiting, env={**NOTHING, **port}, output=said.fileno())
    process.kill()
    assert process.wait(60) == -9
    assert process.poll() == -9
