"""accounting_service/README.md: its commands run as they stand beside a house that goes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from service_kit.http import HttpClient

from tests.system.house import House
from tests.waiting import wait_for

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "accounting_service"
PAGE = (FOLDER / "README.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(house: House, tmp_path: Path) -> Path:
    """One like the repository, in which `make run` has made `var`."""
    for name in (".env.example", "stages", "accounting_service"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "var").symlink_to(house.settings["VAR_DIR"])
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parents[1])
    return tmp_path


def test_its_commands_run(house: House, folder: Path) -> None:
    house.start("accounting")
    wait_for(lambda: _is_subscribed(house), what="accounting is subscribed")
    of_a_payout = [block for block in BLOCKS if "paid_out" in block]
    done = _run(house, folder, [block for block in BLOCKS if block not in of_a_payout])
    assert done.returncode == 0, done.stderr
    balance, end = json.JSONDecoder().raw_decode(done.stdout)
    assert balance["accounts"] == []
    assert done.stdout[end:].splitlines() == [
        "0 journals balance, and are what 0 payments say",
        "the bus will tell of every payment",
    ]
    assert 'option "title"' in (folder / "var" / "books.beancount").read_text()
    refused = _run(house, folder, of_a_payout)
    assert refused.returncode == 2
    assert re.fullmatch(r"SEPA-\S+: \S+ is owed 0\.00 EUR\n", refused.stderr)


def _run(house: House, folder: Path, blocks: list[str]) -> subprocess.CompletedProcess[str]:
    same = {name: os.environ[name] for name in ("PATH", "HOME")}
    same |= {name: house.settings[name] for name in ("PORT_BASE", "VAR_DIR")}
    return subprocess.run(
        ["bash", "-c", "set -euo pipefail\n" + "\n".join(blocks)],
        cwd=folder,
        env=same,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _is_subscribed(house: House) -> bool:
    url = house.url("bus")
    with HttpClient({url: house.settings["ACCOUNTING_BUS_TOKEN"]}) as bus:
        found = bus.get(f"{url}/clients/accounting/subscriptions/default").json()
    return bool(found["state"] == "active")


def test_the_sizes_it_tells_are_about_right() -> None:
    for name, said in re.findall(r"^\| \[`[\w/.]+`\]\(([\w/.]+)\) \| (\d+) \|", PAGE, re.MULTILINE):
        lines = len((FOLDER / name).read_text().splitlines())
        assert abs(lines - int(said)) <= 15, f"{name}: {lines}"


def test_every_file_it_names_is_there() -> None:
    for name in re.findall(r"\]\(((?!http)[^)#]+)", PAGE):
        assert (FOLDER / name).exists(), name
