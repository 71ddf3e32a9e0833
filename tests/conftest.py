"""What every test gets: its own copy of the environment, and a browser or a database if it asks."""

import gc
import os
import signal
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser

from tests import forked
from tests.browser.chromium import chromium
from tests.postgres import postgres_cluster, postgres_url
from tests.quick_apps import build_apps_quickly
from tests.ram_disk import ram_disk
from tests.rewritten import rewrite_once
from tests.run_folder import close as close_run_folder
from tests.run_folder import run_folder
from tests.shared import shared, sqlite_copy

__all__ = ["postgres_cluster", "postgres_url", "shared", "sqlite_copy"]

_TESTS = Path(__file__).parent
_SLOW = (
    "auction_app/browser",
    "bids_service/running",
    "bus/hostile",
    "chaos",
    "contract",
    "docs",
    "system",
)
"""Folders of slow tests; other slow modules mark themselves."""

_ALL_SLOW = "pytestmark = pytest.mark.slow"

_POSTGRES = {"postgres", "postgresql"}
"""How tests that run with each engine name this one."""

_LONGEST = (
    "system/test_way_of_a_bid.py",
    "system/test_payments.py",
    "system/test_moving.py",
    "system/test_killed_in_stages.py",
    "system/test_killed_processes.py",
    "auction_app/browser/test_accessible.py",
    "system/test_stages.py",
    "journey/test_kills.py",
    "bids_service/running/test_kill.py",
    "clients/bus_client/test_killed.py",
    "system/test_databases_away.py",
    "contract/test_gavel_bus.py",
    "contract/test_installed_alone.py",
    "mailer_service/test_operator_processes.py",
    "contract/test_bus_openapi.py",
    "auction_app/browser/test_wizard.py",
    "auction_app/live/test_own_streams.py",
    "docs/test_leaving_a_monolith.py",
)
"""Files whose tests take most of a minute or more: who begins with them ends with the others."""

_OBJECTS_UNTIL_IT_LOOKS = 500_000
"""Of a hundred megabytes or two."""

# Tests share the machine with others: how long an example takes says nothing about the code.
settings.register_profile(
    "shared", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("shared")
build_apps_quickly()


def pytest_configure(config: pytest.Config) -> None:
    """Let tests write to memory where there is room. Of the hundreds of processes that they start
    none shall compile the same modules anew, nor ignore Ctrl-C because a shell runs the tests in
    the background. What is collected stays, so nobody looks meanwhile for what doesn't."""
    gc.disable()
    run_folder()
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if memory := ram_disk():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", memory)
    if config.option.tx:  # there will be workers, and this is none
        rewrite_once(_TESTS, config)


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what is there for good: to look through the modules and
    the tests themselves again and again took a fifth of all the time. What it finds is the apps of
    tests that are over, of some 8,000 objects each: the seldomer it looks, the fewer it meets that
    are still in use."""
    gc.freeze()
    gc.set_threshold(_OBJECTS_UNTIL_IT_LOOKS, 10, 10)
    gc.enable()


def pytest_unconfigure() -> None:
    """End what forks processes, and what the run's workers shared."""
    forked.close()
    close_run_folder()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """`logical` is a worker a processor; `auto` two, for of slow tests one always waits."""
    return len(os.sched_getaffinity(0)) * (2 if config.option.numprocesses == "auto" else 1)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Don't import for `make test-fast` what it leaves out."""
    if config.option.markexpr != "not slow":
        return None
    return _folder(collection_path) in _SLOW or _says_slow(collection_path) or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow, and begin with it, so that the last to end is a quick test."""
    for item in items:
        if _is_slow(item):
            item.add_marker("slow")
    items.sort(key=_turn)


@cache
def _folder(path: Path) -> str:
    return path.relative_to(_TESTS).as_posix() if path.is_relative_to(_TESTS) else ""


def _says_slow(path: Path) -> bool:
    """Whether a module marks all its tests, as its text says: some import for seconds."""
    return path.name.startswith("test_") and f"\n{_ALL_SLOW}\n" in path.read_text()


@cache
def _is_in_slow_folder(path: Path) -> bool:
    return _folder(path.parent).startswith(_SLOW)


def _turn(item: pytest.Item) -> int:
    """The longest files first, then what is slow, then the rest."""
    file = _folder(item.path)
    if file in _LONGEST:
        return _LONGEST.index(file)
    return len(_LONGEST) + (item.get_closest_marker("slow") is None)


def _is_slow(item: pytest.Item) -> bool:
    """By its folder; or because it asks for a browser or PostgreSQL, maybe as a parameter."""
    asks_for = set(getattr(item, "fixturenames", ()))
    parameters = getattr(item, "callspec", None)
    return (
        _is_in_slow_folder(item.path)
        or not asks_for.isdisjoint({"browser", "postgres_cluster"})
        or (
            parameters is not None
            and not _POSTGRES.isdisjoint(map(str, parameters.params.values()))
        )
    )


@pytest.fixture(autouse=True)
def restored_environment() -> Iterator[None]:
    """Put the environment back after each test."""
    before = dict(os.environ)
    yield
    if dict(os.environ) != before:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session")
def opened_browser() -> Iterator[Browser]:
    """The worker's browser.

    While it is open Playwright's event loop counts as this thread's, so a test that runs a loop of
    its own does that in another thread.
    """
    with chromium() as browser:
        yield browser


@pytest.fixture
def browser(opened_browser: Browser) -> Iterator[Browser]:
    """The same for a test, which opens contexts of its own. They end with it: a page goes on
    counting down, and asking a server that is gone for its stream."""
    yield opened_browser
    for context in opened_browser.contexts:
        context.close()
