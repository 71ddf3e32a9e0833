"""Who only receives needs neither a database nor an HTTP client nor a queue."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

EXTRAS = ["flask", "huey", "redis", "requests", "rich", "sqlalchemy", "cachecontrol", "pybreaker"]


def test_importing_the_package_imports_no_extra() -> None:
    code = f"import bus_drain, sys; print([x for x in {EXTRAS} if x in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("module", "unneeded"),
    [
        ("bus_drain.fetch", ["huey", "redis", "sqlalchemy", "flask"]),
        ("bus_drain.storage.sql", ["huey", "redis", "requests", "flask"]),
        ("bus_drain.storage.redis", ["huey", "requests", "sqlalchemy", "flask"]),
        ("bus_drain.jobs", ["redis", "sqlalchemy", "flask"]),
    ],
)
def test_each_part_needs_its_own_extra_only(module: str, unneeded: list[str]) -> None:
    refuse = "; ".join(f"sys.modules[{name!r}] = None" for name in unneeded)

    subprocess.run([sys.executable, "-c", f"import sys; {refuse}; import {module}"], check=True)
