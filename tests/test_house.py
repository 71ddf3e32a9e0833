"""The laws of the house: arrows without circles, files and functions of a size to read, a top level
that tells its story, and libraries' own business left alone."""

import ast
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
SERVICES = ["accounting_service", "auction_app", "bids_service", "bus", "mailer_service"]
CLIENTS = {
    "bids_client": ROOT / "clients/bids-client/src",
    "bus_client": ROOT / "clients/bus-client/src",
    "bus_drain": ROOT / "clients/bus-drain/src",
    "service_kit": ROOT / "clients/service-kit/src",
}
PACKAGES = {name: ROOT / name for name in SERVICES} | {
    name: folder / name for name, folder in CLIENTS.items()
}
SKELETON = {
    "app.py": {"create_app"},
    "bootstrap.py": {"build"},
    "config.py": {"read"},
    "errors.py": set[str](),
    "gunicorn.conf.py": set[str](),
    "worker.py": set[str](),
}
"""What every service has, and the functions to look for in it."""
WORKS = {"main", "web_process"}
"""What a worker is: a process of its own, or beside the requests of the one there is."""

MOST_LINES = 300
MOST_COMPLEX = 10
MOST_FILES_AT_THE_TOP = {"auction_app": 12, "bus": 15}

DOCUMENTED = {
    "_mapping": "of a SQLAlchemy row: the underscore keeps it apart from columns",
    "_make": "of a named tuple, likewise",
    "_replace": "of a named tuple, likewise",
    "_asdict": "of a named tuple, likewise",
    "_fields": "of a named tuple, likewise",
    "_exit": "of os: the underscore keeps it apart from what ends a process in order",
}
"""Attributes that begin with an underscore and are public all the same."""

UNDOCUMENTED = [
    "gunicorn.socket",
    "gunicorn.workers",
    "pool_classes_by_scheme",
    "uvicorn.protocols",
    "urllib3.connection",
]
"""What has no underscore and belongs to its library all the same."""


def files_of(package: str) -> list[Path]:
    return sorted(PACKAGES[package].rglob("*.py"))


def is_table(file: Path) -> bool:
    return file.name == "tables.py" or "migrations" in file.parts


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """The strongly connected components of more than one module (Tarjan)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        number[module] = lowest[module] = len(number)
        path.append(module)
        for other in sorted(arrows[module]):
            if other not in number:
                visit(other)
                lowest[module] = min(lowest[module], lowest[other])
            elif other in path:
                lowest[module] = min(lowest[module], number[other])
        if lowest[module] == number[module]:
            start = path.index(module)
            if len(path) - start > 1:
                found.append(sorted(path[start:]))
            del path[start:]

    for module in sorted(arrows):
        if module not in number:
            visit(module)
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_no_import_circle(package: str) -> None:
    graph = grimp.build_graph(package, exclude_type_checking_imports=True, cache_dir=None)
    arrows = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert circles(arrows) == []


def test_a_circle_would_be_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_file_is_too_long_to_read(package: str) -> None:
    long = {
        named(file): lines
        for file in files_of(package)
        if not is_table(file) and (lines := len(file.read_text().splitlines())) > MOST_LINES
    }
    assert long == {}


def test_no_function_is_too_complex() -> None:
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "C901", "--quiet"]
    limit = ["--config", f"lint.mccabe.max-complexity = {MOST_COMPLEX}"]
    done = subprocess.run(
        [*ruff, *limit, *PACKAGES.values()], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("service", SERVICES)
def test_who_knows_one_service_knows_all(service: str) -> None:
    for name, functions in SKELETON.items():
        tree = tree_of(PACKAGES[service] / name)
        found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert functions <= found
        assert name != "worker.py" or found & WORKS
    assert list((PACKAGES[service] / "migrations" / "versions").glob("0001_*.py"))


@pytest.mark.parametrize("package", MOST_FILES_AT_THE_TOP)
def test_the_top_level_tells_its_story(package: str) -> None:
    top = [file.name for file in PACKAGES[package].iterdir() if file.is_file()]
    assert len(top) <= MOST_FILES_AT_THE_TOP[package], sorted(top)


def defined_in(tree: ast.Module) -> set[str]:
    """The names that a file's own classes define."""
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    defined = {node.name for node in ast.walk(tree) if isinstance(node, functions)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            defined.add(node.attr)
    return defined


def private_touches(file: Path) -> Iterable[str]:
    tree = tree_of(file)
    own = defined_in(tree) | DOCUMENTED.keys()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or node.attr in own:
            continue
        if not node.attr.startswith("_") or node.attr.startswith("__"):
            continue
        if not (isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}):
            yield f"{named(file)}:{node.lineno} {ast.unparse(node)}"


@pytest.mark.parametrize("package", PACKAGES)
def test_what_libraries_keep_to_themselves_is_touched_in_compat_only(package: str) -> None:
    touched = [
        touch
        for file in files_of(package)
        if "compat" not in file.parts
        for touch in private_touches(file)
    ]
    touched += [
        f"{named(file)}: {word}"
        for file in files_of(package)
        if "compat" not in file.parts
        for word in UNDOCUMENTED
        if word in file.read_text()
    ]
    assert touched == []
