"""Programs that a test needs beside Python: missing ones skip with a reason, and fail in CI."""

import os
import shutil
from typing import NoReturn

import pytest


def program(*names: str) -> str:
    """The path of the first program that is there; skips the test if none is (fails in CI)."""
    for name in names:
        if found := shutil.which(name):
            return found
    missing(f"needs {' or '.join(names)} on the PATH")


def missing(reason: str) -> NoReturn:
    """Skip with the reason; where CI=true everything must be there, so fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
