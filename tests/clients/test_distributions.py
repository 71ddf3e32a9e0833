"""Each client is a distribution of its own: it builds, is typed, and brings no web framework."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

CLIENTS = Path(__file__).parents[2] / "clients"
SERVICE_ONLY = ["flask", "sqlalchemy", "structlog", "alembic", "huey", "marshmallow"]


@pytest.mark.parametrize(
    ("distribution", "package"),
    [
        ("bids-client", "bids_client"),
        ("bus-client", "bus_client"),
        ("bus-drain", "bus_drain"),
        ("service-kit", "service_kit"),
    ],
)
def test_a_wheel_holds_the_package_and_its_types(
    distribution: str, package: str, tmp_path: Path
) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", tmp_path, CLIENTS / distribution], check=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"{package}/__init__.py", f"{package}/py.typed"} <= names


@pytest.mark.parametrize("distribution", ["bids-client", "bus-client", "bus-drain", "service-kit"])
def test_it_says_what_it_is_and_what_changed(distribution: str) -> None:
    assert (CLIENTS / distribution / "README.md").read_text().startswith(f"# {distribution}\n")
    assert (CLIENTS / distribution / "CHANGELOG.md").exists()


@pytest.mark.parametrize("distribution", ["bids-client", "bus-client", "bus-drain"])
def test_a_client_has_the_licence_of_all(distribution: str) -> None:
    ours = CLIENTS.parent / "LICENSE"
    assert (CLIENTS / distribution / "LICENSE").read_text() == ours.read_text()


@pytest.mark.parametrize("package", ["bids_client", "bus_client", "bus_drain"])
def test_a_client_imports_without_what_only_services_need(package: str) -> None:
    refuse = "; ".join(f"sys.modules[{name!r}] = None" for name in SERVICE_ONLY)
    program = f"import sys; {refuse}; import {package}"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


@pytest.mark.parametrize(
    ("distribution", "extra", "module"),
    [
        ("bus-drain", "fetch", "bus_drain.fetch"),
        ("bus-drain", "flask", "bus_drain.flask"),
        ("bus-drain", "jobs", "bus_drain.jobs.command"),
        ("bus-drain", "redis", "bus_drain.storage.redis"),
        ("bus-drain", "sqlalchemy", "bus_drain.storage.sql"),
        ("bus-client", "huey", "bus_client.jobs"),
    ],
)
def test_an_extra_brings_what_its_part_imports(distribution: str, extra: str, module: str) -> None:
    project = tomllib.loads((CLIENTS / distribution / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]

    def brought(name: str) -> set[str]:
        found: set[str] = set()
        for requirement in extras[name]:
            inner = re.fullmatch(rf"{distribution}\[(\w+)\]", requirement)
            found |= brought(inner[1]) if inner else {re.split(r"[\[>=<]", requirement)[0]}
        return found

    by_others = {"requests", "urllib3", "click"}  # the kit and Flask bring them
    missing = set().union(*map(brought, extras)) - brought(extra) - by_others
    refuse = "; ".join(f"sys.modules[{name!r}] = None" for name in sorted(missing))
    program = f"import sys; {refuse}; import {module}"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


@pytest.mark.parametrize(
    ("package", "module", "extra"),
    [
        ("sqlalchemy", "bus_client.outbox", "bus-client[outbox]"),
        ("structlog", "bus_client.outbox", "bus-client[outbox]"),
        ("huey", "bus_client.jobs", "bus-client[huey]"),
        ("requests", "bus_drain.fetch", "bus-drain[fetch]"),
        ("flask", "bus_drain.flask", "bus-drain[flask]"),
    ],
)
def test_who_imports_what_an_extra_would_bring_is_told_which(
    package: str, module: str, extra: str
) -> None:
    program = f"import sys; sys.modules[{package!r}] = None; import {module}"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: ")
    assert last.endswith(f" is missing: pip install '{extra}'")
