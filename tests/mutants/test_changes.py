"""What is changed, and that each change leaves a program that Python reads."""

import ast

import pytest

from tests.mutants.changes import changes_of

_MODULE = '''
"""Words are left alone."""
LIMIT: int | None = 3

def first(wanted: list[int], most: int = 5) -> int | None:
    for one in wanted:
        if one < most and one not in (1, 2):
            log.info("found", at=7)
            return one
        try:
            wanted.append(one + 1)
        except (KeyError, ValueError):
            raise
    return None
'''


def changed(source: str) -> list[tuple[str, str]]:
    found = changes_of("some.py", source.encode())
    for change in found:
        ast.parse(change.apply(source.encode()))
    return [(change.kind, change.text) for change in found]


def test_each_place_that_decides_something_is_changed_once() -> None:
    assert changed(_MODULE) == [
        ("number", "4"),
        ("number", "6"),
        ("condition", "not (one < most and one not in (1, 2))"),
        ("comparison", "<="),
        ("logic", "or"),
        ("comparison", "in"),
        ("number", "2"),
        ("number", "3"),
        ("result", "return None"),
        ("statement", "pass"),
        ("arithmetic", "-"),
        ("number", "2"),
        ("exception", "(KeyError,)"),
        ("statement", "pass"),
    ]


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("x = not a", [("negation", "a")]),
        ("x = min(a, b)", [("extreme", "max")]),
        ("x.y = a", [("statement", "pass")]),
        ("x = True", [("constant", "False")]),
        ("while a:\n    break", [("condition", "not (a)"), ("loop", "continue")]),
        ("x = 'ä' + 'b'", []),
        ("assert a == 1", []),
        ("_log.warning('%s', a[:3])", []),
    ],
)
def test_a_change_is_small(source: str, what: list[tuple[str, str]]) -> None:
    assert changed(source) == what


def test_a_change_keeps_its_name_when_its_line_moves() -> None:
    here = changes_of("some.py", b"x = a < b\n")
    there = changes_of("some.py", "# ä\n\nx = a < b\n".encode())
    assert (
        [it.name for it in here]
        == [it.name for it in there]
        == ["some.py | x = a < b | comparison: <="]
    )
