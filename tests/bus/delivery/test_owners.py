"""Each state has one owner: whoever wants it changed calls a method."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

DELIVERY = Path(__file__).parents[3] / "bus" / "delivery"
FILES = sorted(DELIVERY.rglob("*.py"))


def written(tree: ast.AST) -> Iterator[ast.Attribute]:
    """The attributes that are assigned, changed in place or deleted, also by an index."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            found: ast.expr = node
            while isinstance(found, ast.Subscript):
                found = found.value
            if isinstance(found, ast.Attribute):
                yield found


def is_own(attribute: ast.Attribute) -> bool:
    return isinstance(attribute.value, ast.Name) and attribute.value.id in {"self", "cls"}


def foreign(source: str) -> list[str]:
    """Attributes of others that are written, and private ones that are read."""
    tree = ast.parse(source)
    private = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
    ]
    return [ast.unparse(node) for node in [*written(tree), *private] if not is_own(node)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DELIVERY)))
def test_nobody_writes_an_attribute_of_another(path: Path) -> None:
    assert foreign(path.read_text()) == []


@pytest.mark.parametrize(
    "write",
    [
        "consumer.health = x",
        "consumer.sent += 1",
        "del consumer.queue[:3]",
        "consumer.change.park[url] = None",
        "self.consumer.health = x",
        "a, consumer.health = x",
        "consumer._sent",
    ],
)
def test_every_way_to_write_is_seen(write: str) -> None:
    assert foreign(write)


def test_what_is_ones_own_may_be_written() -> None:
    assert foreign("self.health = x\nself._sent += 1\ndel self.queue[:3]\nlocal[1] = x") == []
