"""A text's statements, each with the words that identify it: where gaps can be."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile

from msgspec import Struct

from pytest_enrich.data.code import Outcome
from pytest_enrich.gaps.text import Text, Token, one_line

Scope = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
Loop = (ast.For, ast.AsyncFor, ast.While)
Node = ast.AST


class Site(Struct, frozen=True, eq=False):
    """A statement, a handler, a case, or the body of a function, class or module.

    Attributes:
        line: Where it starts (1-based).
        qualname: The function, class or module ("") it is in, or whose body it is.
        header: The tokens up to its body.
        text: The header as the reader sees it.
        nth: How many of the same header come before it in `qualname`.
        outcomes: What can be missing here.
    """

    line: int
    qualname: str
    header: str
    text: str
    nth: int
    outcomes: tuple[Outcome, ...]


class Outline:
    """The sites of a text, in the order of the text.

    Attributes:
        text: The text.
        statements: The site of each statement, handler and case.
        bodies: The site of each function's, class's and the module's body.
        at: For each line, the outermost statement whose header is there.

    Raises:
        SyntaxError: It is not Python.
    """

    def __init__(self, text: str) -> None:
        self.text = Text(text)
        self.statements: dict[Node, Site] = {}
        self.bodies: dict[Node, Site] = {}
        self.at: dict[int, Node] = {}
        self._seen: Counter[tuple[str, str]] = Counter()
        self._read()

    def _read(self) -> None:
        self.bodies[self.text.tree] = self._module()
        waiting: list[tuple[Node, str]] = [(child, "") for child in reversed(self.text.tree.body)]
        while waiting:
            node, qualname = waiting.pop()
            self.statements[node] = self._site(node, qualname, _outcomes(node))
            for line in range(first_row(node), header_end(node) + 1):
                self.at.setdefault(self.text.first(line), node)
            if isinstance(node, Scope):
                qualname = f"{qualname}.{node.name}" if qualname else node.name
                self.bodies[node] = self._site(node, qualname, ("entered",))
            waiting.extend((child, qualname) for child in reversed(list(children(node))))

    def _module(self) -> Site:
        body = [node for node in self.text.tree.body if not is_docstring(node)]
        if not body:
            return Site(1, "", "", "", 0, ("entered",))
        text = one_line(self._header(body[0]))
        return Site(body[0].lineno, "", "", text, 0, ("entered",))

    def _site(self, node: Node, qualname: str, outcomes: tuple[Outcome, ...]) -> Site:
        tokens = self._header(node)
        header = " ".join(token.text for token in tokens)
        nth = self._seen[qualname, header]
        self._seen[qualname, header] += 1
        line = tokens[0].start[0] if tokens else first_row(node)
        return Site(line, qualname, header, one_line(tokens), nth, outcomes)

    def _header(self, node: Node) -> list[Token]:
        """The tokens from the statement's first word to its colon, or to its end when it has no body."""
        if isinstance(node, ast.match_case):
            return self._case(node)
        assert isinstance(node, (ast.stmt, ast.ExceptHandler))
        start, inside = self.text.place(node.lineno, node.col_offset), next(children(node), None)
        if inside is None:
            return self.text.between(start, self.text.place(node.end_lineno or 0, node.end_col_offset or 0))
        return _to_colon(self.text.between(start, self._start(inside)))

    def _case(self, node: ast.match_case) -> list[Token]:
        start = self.text.place(node.pattern.lineno, node.pattern.col_offset)
        before = self.text.between((0, 0), start)
        words = list(takewhile(lambda token: token.text != "case", reversed(before)))
        tokens = self.text.between(before[-len(words) - 1].start, self._start(node.body[0]))
        return _to_colon(tokens)

    def _start(self, node: Node) -> tuple[int, int]:
        if isinstance(node, ast.match_case):
            node = node.pattern
        if isinstance(node, Scope) and node.decorator_list:
            return (first_row(node), 0)
        assert isinstance(node, (ast.stmt, ast.ExceptHandler, ast.pattern))
        return self.text.place(node.lineno, node.col_offset)


def children(node: Node) -> Iterator[Node]:
    """The statements, handlers and cases directly in `node`, in the order of the text."""
    for name in ("body", "cases", "handlers", "orelse", "finalbody"):
        yield from getattr(node, name, ())


def first_row(node: Node) -> int:
    """The first line of a statement, decorators included."""
    if isinstance(node, ast.match_case):
        return node.pattern.lineno
    assert isinstance(node, (ast.stmt, ast.ExceptHandler))
    decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def last_row(node: Node) -> int:
    """The last line of a statement."""
    end = node.body[-1] if isinstance(node, ast.match_case) else node
    return getattr(end, "end_lineno", None) or first_row(end)


def header_end(node: Node) -> int:
    """The last line before the body, or the only line when the body is on it too."""
    inside = next(children(node), None)
    if inside is None:
        return last_row(node)
    return max(getattr(node, "lineno", 0), first_row(node), first_row(inside) - 1)


def is_docstring(node: Node) -> bool:
    """Whether a statement is a string and nothing else."""
    return isinstance(node, ast.Expr) and isinstance(getattr(node.value, "value", None), str)


def ways(node: Node) -> tuple[Outcome, Outcome]:
    """The outcomes that lead into the body of a decision, a handler or a case, and past it."""
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return ("iterates", "skips")
    if isinstance(node, ast.match_case):
        return ("matches", "no match")
    return ("raises", "no match") if isinstance(node, ast.ExceptHandler) else ("true", "false")


def _outcomes(node: Node) -> tuple[Outcome, ...]:
    if isinstance(node, Scope):
        return ()
    if isinstance(node, (ast.match_case, ast.ExceptHandler)):
        return ways(node)
    return ("entered",) if next(children(node), None) is None else (*ways(node), "entered")


def _to_colon(tokens: list[Token]) -> list[Token]:
    while tokens and tokens[-1].text != ":":
        tokens = tokens[:-1]
    return tokens
