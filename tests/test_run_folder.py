"""What a run shares is shared with what it starts of the same code, and with nobody else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.run_folder import owner, run_folder

ROOT = Path(__file__).parents[1]
ASK = "from tests.run_folder import owner, run_folder; print(run_folder(), owner())"


def asked() -> list[str]:
    """The folder and the owner that a process has which is started now."""
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@pytest.mark.slow
def test_what_is_started_shares_it() -> None:
    assert asked() == [str(run_folder()), str(owner())]
    assert run_folder().is_dir()


@pytest.mark.slow
@pytest.mark.parametrize("tree", ["/another/checkout", None])
def test_another_checkouts_and_one_that_is_gone_are_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tree: str | None
) -> None:
    if tree is not None:
        (tmp_path / "tree").write_text(tree)
        (tmp_path / "owner").write_text(str(os.getpid()))
    monkeypatch.setenv("TESTS_SHARE_IN", str(tmp_path))
    folder, its_owner = asked()
    assert folder != str(tmp_path)
    assert int(its_owner) != os.getpid()
    assert not Path(folder).exists()
