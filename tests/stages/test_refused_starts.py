"""What must not start says why in one line, in whichever stage, and ends with 2."""

import subprocess
import sys
from pathlib import Path

import pytest
from service_kit.run.processes import commands_of
from service_kit.run.settings import environment

from tests.forked import forking
from tests.procfile import ROOT, surroundings
from tests.sockets import free_port

pytestmark = pytest.mark.slow

_WITH_HOOKS = {"house", "house_jobs", "auctions", "auctions_jobs"}
_WORKS = {"house", "house_jobs", "pusher", "bids_jobs", "auctions_jobs", "mailer_jobs"}
_STAGES = ["mvp", "background", "bus", "soa"]


def refused(name: str, var: Path, **chosen: str) -> list[str]:
    """What a process says that ends with 2, without gunicorn's own lines."""
    settings = environment(ROOT, {"VAR_DIR": str(var)} | chosen)
    done = subprocess.run(
        f"exec {commands_of(ROOT, settings).processes[name]}",
        shell=True,
        cwd=ROOT,
        env=forking(surroundings(settings)),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2, done.stderr
    return [line for line in done.stderr.splitlines() if "[INFO]" not in line]


def processes(names: set[str]) -> list[tuple[str, str]]:
    """Those of these names, each once for every command line or setting that differs."""
    of_stages = ((stage, environment(ROOT, {"STAGE": stage})) for stage in _STAGES)
    return [
        (stage, name)
        for stage, settings in of_stages
        for name in sorted(names & commands_of(ROOT, settings).processes.keys())
        if stage != "bus" or name.startswith("house")
    ]


@pytest.mark.parametrize(("stage", "name"), processes(_WITH_HOOKS))
def test_nothing_starts_with_a_hook_that_raises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str, name: str
) -> None:
    (tmp_path / "bad.py").write_text("def register(outcomes):\n    1 / 0")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    said = refused(name, tmp_path / "var", STAGE=stage, AUCTIONS_HOOKS="bad:register")

    assert said == ["AUCTIONS_HOOKS: bad:register: ZeroDivisionError: division by zero"]


@pytest.mark.parametrize(("stage", "name"), processes(_WORKS))
def test_nothing_works_without_its_tables(tmp_path: Path, stage: str, name: str) -> None:
    lines = refused(name, tmp_path, STAGE=stage)
    assert ["the database is at version none, this program needs" in line for line in lines] == [
        True
    ], lines


_BUSES = ("AUCTIONS_BUS_URL", "BIDS_BUS_URL", "MAILER_BUS_URL", "ACCOUNTING_BUS_URL")


@pytest.mark.parametrize("name", ["house", "house_jobs"])
def test_nothing_starts_without_its_queue(tmp_path: Path, name: str) -> None:
    away = f"huey:postgresql://localhost:{free_port()}/queue"
    setting = dict.fromkeys(_BUSES, away)
    for release in commands_of(ROOT, environment(ROOT, {"STAGE": "background"})).releases:
        settings = environment(ROOT, {"STAGE": "background", "VAR_DIR": str(tmp_path)} | setting)
        subprocess.run(
            release, shell=True, cwd=ROOT, env=forking(surroundings(settings)), check=True
        )

    said = refused(name, tmp_path, STAGE="background", **setting)

    assert said == ["AUCTIONS_BUS_URL: the queue at postgresql: gives no answer (OperationalError)"]


@pytest.mark.parametrize(
    ("setting", "value", "complaint"),
    [
        ("PORT_AUCTIONS", "x", "'x' is not a port between 1024 and 65535"),
        ("PORT_AUCTIONS", "80", "'80' is not a port between 1024 and 65535"),
        ("PORT_AUCTIONS", "", "is empty or not set"),
        ("LISTEN_HOST", "localhost", "must be an address such as 127.0.0.1, 0.0.0.0 or [::1]"),
        ("AUCTIONS_PHOTOS_URL", "file:///proc/none/photos", "/proc/none/photos can't be: "),
    ],
)
def test_one_process_says_what_its_command_line_lacks(
    tmp_path: Path, setting: str, value: str, complaint: str
) -> None:
    settings = environment(ROOT, {"VAR_DIR": str(tmp_path)}) | {setting: value}
    # Some platforms set it for every program, and gunicorn ends where it is no number.
    settings |= {"WEB_CONCURRENCY": "many"}

    done = subprocess.run(
        [sys.executable, "-m", "service_kit.run.one", "auctions"],
        cwd=ROOT,
        env=surroundings(settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    said = [line for line in done.stderr.splitlines() if "[INFO]" not in line]
    assert (done.returncode, len(said)) == (2, 1), said
    assert said[0].startswith(f"{setting}: {complaint}")
