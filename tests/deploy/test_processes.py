"""An init system and containers run the processes of the Procfile, by their names."""

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from service_kit.run.processes import every_command

from tests.procfile import ROOT, procfile
from tests.waiting import wait_for

SYSTEMD = ROOT / "deploy/systemd"
COMPOSE = ROOT / "deploy/container/compose.yaml"
ONLY_AT_HOME = {"mailbox", "till"}


def run_one(folder: Path, *names: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "service_kit.run.one", *names],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_process_becomes_the_one_that_is_named_and_hears_signals_itself(tmp_path: Path) -> None:
    program = f'{sys.executable} -c "import os, signal; open(\'pid\', \'w\').write(str(os.getpid())); signal.pause()"'
    (tmp_path / "Procfile").write_text(f"other: false\nit: {program}\n")
    with run_one(tmp_path, "it") as process:
        said = tmp_path / "pid"
        wait_for(lambda: said.exists() and said.read_text(), what="it runs")
        assert int(said.read_text()) == process.pid
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == -signal.SIGTERM


def test_a_release_that_fails_in_the_middle_fails(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("release: echo begun && false && echo over\n")
    with run_one(tmp_path, "release") as process:
        assert process.communicate(timeout=20)[0] == "begun\n"
        assert process.returncode == 1


@pytest.mark.parametrize("names", [(), ("nobody",), ("it", "too-many")])
def test_who_names_none_is_told_which_there_are(tmp_path: Path, names: tuple[str, ...]) -> None:
    (tmp_path / "Procfile").write_text("it: true\n")
    with run_one(tmp_path, *names) as process:
        assert process.communicate(timeout=20) == ("", "name one of: it\n")
        assert process.returncode == 2


def test_containers_run_every_process_of_a_house_but_what_is_for_development() -> None:
    compose = COMPOSE.read_text()
    named = re.findall(r"^  (\w+): \{<<: \*process, command: \[(\w+)\]\}$", compose, re.MULTILINE)
    assert all(name == command for name, command in named)
    assert {name for name, _ in named} == set(procfile()) - ONLY_AT_HOME
    assert set(re.findall(r"command: \[(\w+)\]", compose)) <= set(every_command(ROOT))


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze here (Debian: systemd)")
    here = tmp_path / "units"
    shutil.copytree(SYSTEMD, here)
    for unit in here.iterdir():  # what they start and where is not on this machine
        text = unit.read_text().replace("/opt/gavel/.venv/bin/python", sys.executable)
        unit.write_text(text.replace("/opt/gavel", str(ROOT)))
    units = [here / "gavel@bus.service", here / "gavel-release.service", here / "gavel.target"]
    (here / "gavel@.service").rename(units[0])
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, units)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    ours = [line for line in done.stderr.splitlines() if "gavel" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


def test_make_run_says_how_it_is_run_and_starts_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "service_kit.run", "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "PORT_BASE=9000" in done.stdout
    assert list(tmp_path.iterdir()) == []
