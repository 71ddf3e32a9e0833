"""docs/glossary.md: a word has one class, a class one word, and no package two of one name."""

import ast
import inspect
import re
from collections import Counter, defaultdict
from pathlib import Path
from pkgutil import resolve_name

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (?!word )([^|]+?) \| ([^|]+?) \| `([\w.]+)` \|([^|]*)\|$", re.MULTILINE)
WORDS = ROW.findall((ROOT / "docs" / "glossary.md").read_text())
PACKAGES = [
    *(ROOT / name for name in ("auction_app", "bids_service", "bus", "mailer_service")),
    *sorted((ROOT / "clients").glob("*/src/*")),
]
# Processes of their own inside a service: each has its settings, as every process has.
ONE_A_PROCESS = {"Config"}


def twice(names: list[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def classes_of(package: Path) -> dict[str, list[str]]:
    found = defaultdict(list)
    for path in sorted(package.rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(str(path.relative_to(ROOT)))
    return found


def test_a_word_is_explained_once_in_one_sentence() -> None:
    assert len(WORDS) >= 60
    assert twice([word for word, *_ in WORDS]) == []
    assert [word for word, meaning, *_ in WORDS if not re.fullmatch(r"[A-Z][^.]*\.", meaning)] == []


def is_carrier(dotted: str) -> bool:
    """Whether it is a class, a field of one, or a module."""
    owner, _, _field = dotted.rpartition(".")
    carrier = resolve_name(dotted)
    if inspect.isclass(carrier) or inspect.ismodule(carrier):
        return True
    return inspect.isclass(resolve_name(owner)) and inspect.isdatadescriptor(carrier)


def test_a_word_is_carried_by_a_class_or_a_module() -> None:
    assert [carrier for _, _, carrier, _ in WORDS if not is_carrier(carrier)] == []


def test_no_class_carries_two_words() -> None:
    assert twice([carrier for _, _, carrier, _ in WORDS]) == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_no_package_has_two_classes_of_one_name(package: Path) -> None:
    several = {name: at for name, at in classes_of(package).items() if len(at) > 1}
    assert {name: at for name, at in several.items() if name not in ONE_A_PROCESS} == {}
