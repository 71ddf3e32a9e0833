"""The canary of service_kit/compat/structlog.py."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from service_kit.logs import configure_logs, get_logger

assert not [name for name in sys.modules if name.partition(".")[0] in {"rich", "pygments"}]
configure_logs("it")
get_logger("here").info("works")
import rich
"""


@pytest.mark.slow
def test_structlog_does_without_rich_and_everybody_else_has_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, (
        "structlog imports rich in another way than service_kit/compat/structlog.py knows, which"
        f" makes every process's start slower: {done.stderr}"
    )
    assert "event=works" in done.stdout
