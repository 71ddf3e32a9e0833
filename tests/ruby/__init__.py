"""Routemaster's own client and drain, run as they are where Ruby and their sources are.

Nothing of theirs is kept here: ROUTEMASTER_CLIENT and ROUTEMASTER_DRAIN name checkouts of
github.com/deliveroo/routemaster-client and -drain. Debian has what they need: ruby-faraday,
ruby-typhoeus, ruby-oj, ruby-hashie, and for the drain ruby-rack, ruby-wisper, ruby-redis-namespace.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_HERE = Path(__file__).parent
_TIMEOUT_S = 60


def source(variable: str) -> Path:
    """The checkout that an environment variable names; skips the test without it or Ruby."""
    if shutil.which("ruby") is None:
        pytest.skip("no ruby on this machine")
    if not (named := os.environ.get(variable)):
        pytest.skip(f"{variable} names no checkout of routemaster's Ruby")
    return Path(named)


def run(
    *arguments: str, library: Path, given: str = "", preload: str = ""
) -> subprocess.CompletedProcess[str]:
    """A program in Ruby, at its end; `preload` is a file of this folder that is read first."""
    first = ["-r", str(_HERE / preload)] if preload else []
    script, *rest = arguments
    path = str(_HERE / script) if (_HERE / script).exists() else script
    return subprocess.run(
        ["ruby", "-W0", "-I", str(library), *first, path, *rest],
        input=given,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
