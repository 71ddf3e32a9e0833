"""docs/leaving-a-monolith.md: its commands lead from one process to two services as they stand."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values

from tests.sockets import free_port

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "leaving-a-monolith.md").read_text()
STAGES = ("mvp", "background", "bus", "soa")


def blocks(language: str, text: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_commands_lead_from_one_process_to_two_services(tmp_path: Path) -> None:
    shutil.copy(ROOT / "docs" / "examples" / "shop" / "shop.py", tmp_path)
    guide = GUIDE
    for port in ("5000", "5001", "8001"):
        guide = guide.replace(f":{port}", f":{free_port()}")
    script = "set -euo pipefail\n" + "\n".join(blocks("sh", guide))
    with (tmp_path / "errors").open("wb") as errors:
        shell = subprocess.Popen(
            ["bash", "-c", script],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            start_new_session=True,
        )
    try:
        output, _ = shell.communicate(timeout=300)
    finally:
        os.killpg(shell.pid, signal.SIGKILL) if shell.poll() is None else None
    said = iter(output.splitlines())
    wanted = [line for block in blocks("text", guide) for line in block.splitlines()]
    missing = [line for line in wanted if line not in said]  # each after the one before

    assert (shell.returncode, missing) == (0, []), output + (tmp_path / "errors").read_text()


@pytest.mark.parametrize("name", ["BIDS_BUS_URL", "AUCTIONS_BIDS_URL", "BIDS_AUCTIONS_URL"])
def test_what_it_says_of_bids_is_what_the_stages_set(name: str) -> None:
    (row,) = re.findall(rf"^\| `{name}` \|(.*)\|$", GUIDE, re.MULTILINE)
    said = [cell.strip(" `") for cell in row.split("|")]

    assert said == [_shown(_setting(stage, name)) for stage in STAGES]


def _setting(stage: str, name: str) -> str:
    example = dotenv_values(ROOT / ".env.example", interpolate=False)
    layer = dotenv_values(ROOT / "stages" / f"{stage}.env", interpolate=False)
    value = (example | layer)[name] or ""
    return re.sub(r"\$\{(PORT_\w+)\}", lambda match: str(example[match[1]]), value)


def _shown(value: str) -> str:
    return re.sub(r"^huey:sqlite:///.*", "huey:sqlite:///…", value)
