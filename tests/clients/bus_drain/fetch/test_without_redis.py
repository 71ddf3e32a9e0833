"""The canary of what bus_drain/fetch/host.py does without: pybreaker imports redis if it can."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from bus_drain.fetch import EntityClient

assert not [name for name in sys.modules if name.partition(".")[0] == "redis"]
import redis
"""


@pytest.mark.slow
def test_breakers_do_without_redis_and_everybody_else_has_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, (
        "something imports redis in another way than bus_drain/fetch/host.py knows, which"
        f" makes every process larger: {done.stderr}"
    )
