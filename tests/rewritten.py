"""Rewrites the assertions of all test modules once, before a run's workers collect them.

On a clean checkout each worker did it for itself, all at the same time: half of what they do until
the first test. Later runs find what this has written, as they find what a worker writes.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import pytest
from _pytest.assertion.rewrite import (
    PYC_TAIL,
    _rewrite_test,
    _write_pyc,
    assertstate_key,
    get_cache_dir,
)

_WORTH_IT = 20
"""Fewer modules a worker has rewritten before another could have."""


def rewrite_once(tests: Path, config: pytest.Config) -> None:
    """Write what is missing, a share on each processor; blocks."""
    missing = [(module, pyc) for module, pyc in _modules(tests) if _is_older(pyc, module)]
    if len(missing) < _WORTH_IT:
        return
    processors = len(os.sched_getaffinity(0))
    children = [_in_fork(missing[number::processors], config) for number in range(1, processors)]
    _write(missing[::processors], config)
    for child in children:
        os.waitpid(child, 0)


def _modules(tests: Path) -> Iterable[tuple[Path, Path]]:
    for module in tests.rglob("test_*.py"):
        yield module, get_cache_dir(module) / (module.stem + PYC_TAIL)


def _is_older(pyc: Path, module: Path) -> bool:
    return not pyc.exists() or pyc.stat().st_mtime < module.stat().st_mtime


def _in_fork(modules: list[tuple[Path, Path]], config: pytest.Config) -> int:
    child = os.fork()
    if child == 0:
        try:
            _write(modules, config)
        finally:
            os._exit(0)  # what isn't there a worker writes
    return child


def _write(modules: list[tuple[Path, Path]], config: pytest.Config) -> None:
    for module, pyc in modules:
        try:
            said, code = _rewrite_test(module, config)
        except SyntaxError:
            continue  # the worker that imports it says so
        pyc.parent.mkdir(exist_ok=True)
        _write_pyc(config.stash[assertstate_key], code, said, pyc)
