"""Every small change of a source file: one operator, number, condition or statement at a time."""

import ast
from dataclasses import dataclass

_COMPARED: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}
_COMPUTED: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "//"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "//"),
}
_EXTREME = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True, order=True)
class Change:
    """Bytes `start` to `end` of a file become `text`; `line` (from 1) is where, `code` its text."""

    path: str
    start: int
    end: int
    text: str
    line: int
    kind: str
    code: str

    @property
    def name(self) -> str:
        """The same for the same change of the same line, wherever the line has moved to."""
        return f"{self.path} | {self.code} | {self.kind}: {self.text or 'nothing'}"

    def apply(self, source: bytes) -> bytes:
        """The source with it."""
        return source[: self.start] + self.text.encode() + source[self.end :]


def changes_of(path: str, source: bytes) -> list[Change]:
    """All changes of a module, in the order of their places; annotations, words, assertions and
    log lines are left alone."""
    finder = _Finder(path, source)
    finder.visit(ast.parse(source))
    return sorted(set(finder.found))


class _Finder(ast.NodeVisitor):
    def __init__(self, path: str, source: bytes) -> None:
        self.found: list[Change] = []
        self._path, self._source = path, source
        self._lines = source.splitlines(keepends=True)

    def visit_Assert(self, node: ast.Assert) -> None:
        """What it states, types can't say."""

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """What decorates a class forbids what types forbid already."""
        self._visit_all(*node.body)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._visit_all(node.value)

    def visit_arg(self, node: ast.arg) -> None:
        """An annotation is no behaviour."""

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._visit_all(node.args, *node.body)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        operands = [node.left, *node.comparators]
        for left, right, operator in zip(operands, node.comparators, node.ops, strict=False):
            self._operator("comparison", left, right, *_COMPARED[type(operator)])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        words = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._operator("logic", left, right, *words)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        texts = any(
            isinstance(it, ast.JoinedStr)
            or (isinstance(it, ast.Constant) and type(it.value) is str)
            for it in (node.left, node.right)
        )
        if type(node.op) in _COMPUTED and not texts:
            self._operator("arithmetic", node.left, node.right, *_COMPUTED[type(node.op)])
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._replace("negation", node, self._text(node.operand))
        self.generic_visit(node)

    def visit_If(self, node: ast.If | ast.While | ast.IfExp) -> None:
        if not isinstance(node.test, ast.Compare | ast.UnaryOp | ast.Constant):
            self._replace("condition", node.test, f"not ({self._text(node.test)})")
        self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        self.visit_If(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.visit_If(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._replace("constant", node, str(not node.value))
        elif isinstance(node.value, int | float):
            self._replace("number", node, str(node.value + 1))

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in _EXTREME:
            self._replace("extreme", node.func, _EXTREME[node.func.id])
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant) or self._text(node).startswith(("log.", "_log.")):
            return
        if not isinstance(node.value, ast.Yield | ast.YieldFrom):
            self._replace("statement", node, "pass")
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if isinstance(node.targets[0], ast.Attribute | ast.Subscript):
            self._replace("statement", node, "pass")
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._replace("statement", node, "pass")
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        self._replace("statement", node, "pass")

    def visit_Continue(self, node: ast.Continue) -> None:
        self._replace("loop", node, "break")

    def visit_Break(self, node: ast.Break) -> None:
        self._replace("loop", node, "continue")

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None and not isinstance(node.value, ast.Constant):
            self._replace("result", node, "return None")
        self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if isinstance(node.type, ast.Tuple):
            kept = ", ".join(self._text(one) for one in node.type.elts[:-1])
            self._replace("exception", node.type, f"({kept},)")
        self._visit_all(*node.body)

    def _visit_all(self, *nodes: ast.AST | None) -> None:
        for node in filter(None, nodes):
            self.visit(node)

    def _operator(self, kind: str, left: ast.expr, right: ast.expr, old: str, new: str) -> None:
        start, end = self._offset(left.end_lineno, left.end_col_offset), self._start(right)
        at = self._source.find(old.encode(), start, end)
        if at >= 0:
            self._add(kind, at, at + len(old), new)

    def _replace(self, kind: str, node: ast.stmt | ast.expr, text: str) -> None:
        end = self._offset(node.end_lineno, node.end_col_offset)
        self._add(kind, self._start(node), end, text)

    def _add(self, kind: str, start: int, end: int, text: str) -> None:
        line = self._source.count(b"\n", 0, start) + 1
        code = self._lines[line - 1].decode().strip()
        self.found.append(Change(self._path, start, end, text, line, kind, code))

    def _text(self, node: ast.stmt | ast.expr) -> str:
        end = self._offset(node.end_lineno, node.end_col_offset)
        return self._source[self._start(node) : end].decode()

    def _start(self, node: ast.stmt | ast.expr) -> int:
        return self._offset(node.lineno, node.col_offset)

    def _offset(self, line: int | None, column: int | None) -> int:
        return sum(map(len, self._lines[: (line or 1) - 1])) + (column or 0)
