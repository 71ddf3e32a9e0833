"""Other users of the machine read nothing of ours, and can't pretend to be us."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from service_kit.errors import ConfigError
from service_kit.private import keep_files_private, runtime_folder
from service_kit.schema import migrate
from service_kit.web_server import refusing


@pytest.fixture
def shared_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where everybody may make files."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def ours(shared_folder: Path) -> Path:
    """The folder's path: it isn't there yet."""
    return shared_folder / f"gavel-{os.geteuid()}"


def test_the_folder_is_made_for_its_owner_only(ours: Path) -> None:
    assert runtime_folder() == runtime_folder() == ours
    assert stat.S_IMODE(ours.stat().st_mode) == 0o700


def test_a_folder_of_ours_that_others_may_write_to_is_closed(ours: Path) -> None:
    ours.mkdir()
    ours.chmod(0o777)
    runtime_folder()
    assert stat.S_IMODE(ours.stat().st_mode) == 0o700


@pytest.mark.parametrize("kind", ["file", "link", "broken link", "socket"])
def test_what_is_no_folder_is_refused(ours: Path, kind: str) -> None:
    other = ours.with_name("elsewhere")
    if kind == "file":
        ours.touch()
    elif kind == "link":
        other.mkdir()
        ours.symlink_to(other)
    elif kind == "broken link":
        ours.symlink_to(other)
    else:
        os.mkfifo(ours)
    with pytest.raises(ConfigError, match=str(ours)):
        runtime_folder()


def test_a_folder_of_somebody_else_is_refused(ours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours.mkdir()
    somebody = os.geteuid() + 1
    ours.rename(ours.with_name(f"gavel-{somebody}"))
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    with pytest.raises(ConfigError, match="somebody else's"):
        runtime_folder()


def test_databases_are_made_for_their_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        migrate("bus", f"sqlite:///{tmp_path}/new/bus.sqlite3")
    finally:
        os.umask(before)
    made = [tmp_path / "new", *(tmp_path / "new").iterdir()]
    assert [file for file in made if file.stat().st_mode & 0o077] == []


def test_what_a_process_makes_is_its_users_own(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keep_files_private()
        (tmp_path / "file").touch()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


@pytest.mark.slow
def test_it_is_found_while_the_disk_is_full(tmp_path: Path) -> None:
    folder = tmp_path / f"gavel-{os.geteuid()}"
    folder.mkdir(mode=0o700)
    asked = subprocess.run(
        [sys.executable, "-c", FOUND_ON_A_FULL_DISK],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (asked.stdout.strip(), asked.returncode) == (str(folder), 0), asked.stderr


FOUND_ON_A_FULL_DISK = """
import resource, signal
from service_kit.private import runtime_folder
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
print(runtime_folder())
"""


def test_what_a_web_process_makes_before_its_workers_is_private(shared_folder: Path) -> None:
    made = shared_folder / "made"
    before = os.umask(0)
    try:
        refusing(made.touch)(None)
    finally:
        os.umask(before)
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
