"""docs/cli.md says what `bus --help` says, and its shell lines are the ones that there are."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from bus_client.cli import main
from bus_client.cli.reference import written

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"


def test_the_page_is_current() -> None:
    page = PAGE.read_text()
    assert written(page) == page, "python -m bus_client.cli.reference docs/cli.md writes it anew"


def test_every_verb_is_on_it() -> None:
    assert set(main.commands) <= set(re.findall(r"^## `bus ([a-z-]+)`$", PAGE.read_text(), re.M))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_there(shell: str) -> None:
    variable = {"_BUS_COMPLETE": f"{shell}_source"}
    assert f"_BUS_COMPLETE={shell}_source" in PAGE.read_text()
    program = "from bus_client.cli import main; main(prog_name='bus')"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=variable,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "_bus_completion" in done.stdout or "complete" in done.stdout
