"""The documented functions and classes of a source file, with the docstrings as they stand in it."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from msgspec import Struct

from pytest_enrich.contracts.claim import Claim
from pytest_enrich.data import Promise, Template

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LAZY = (ast.Yield, ast.YieldFrom)
_NO_CALL = ("property", "setter", "deleter", "overload", "abstractmethod")


class Documented(Struct, frozen=True, kw_only=True):
    """A public function, method or class that has a docstring.

    Attributes:
        path, module: Of its file.
        qualname, name: As in a gap, and its last part.
        line, last: The lines of the file that it is on.
        node: Its syntax tree.
        owner: The class that it is a method of, "" for none.
        lines: The docstring's lines, as they stand there.
        first: The line of the file on which the docstring begins.
        names: What the module binds at its top level.
    """

    path: str
    module: str
    qualname: str
    name: str
    line: int
    last: int
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    owner: str
    lines: tuple[str, ...]
    first: int
    names: frozenset[str]

    def claim(  # noqa: PLR0913 - as `Claim` has them
        self,
        promise: Promise,
        at: int,
        count: int = 1,
        *,
        action: Template,
        expected: Template,
        setup: tuple[Template, ...] = (),
        refuses: tuple[str, str, str] | None = None,
    ) -> Claim:
        """What `count` lines of its docstring promise, from the one at `at` on."""
        return Claim(
            path=self.path,
            module=self.module,
            qualname=self.qualname,
            line=self.line,
            promise=promise,
            quote="\n".join(line.strip() for line in self.lines[at : at + count]),
            quote_line=self.first + at,
            action=action,
            expected=expected,
            setup=setup,
            refuses=refuses,
        )

    @property
    def docstring(self) -> str:
        """All of it."""
        return "\n".join(self.lines)

    @property
    def is_plain(self) -> bool:
        """Whether a call of its name does its work at once: a function of the module that is no generator."""
        node = self.node
        if self.owner or not isinstance(node, ast.FunctionDef):
            return False
        lazy = any(isinstance(one, _LAZY) for one in ast.walk(node))
        return not lazy and not node.decorator_list


def read(path: str, module: str, text: str) -> tuple[Documented, ...]:
    """In the order of the text; none when it is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    names = frozenset(_bound(tree.body))
    return tuple(_documented(path, module, names, tree, ""))


def _documented(
    path: str, module: str, names: frozenset[str], scope: ast.Module | ast.ClassDef, owner: str
) -> Iterator[Documented]:
    for node in _definitions(scope.body):
        if node.name.startswith("_") or _is_special(node):
            continue
        qualname = f"{owner}.{node.name}" if owner else node.name
        found = _lines(node)
        if found is not None:
            first, lines = found
            yield Documented(
                path=path,
                module=module,
                qualname=qualname,
                name=node.name,
                line=node.lineno,
                last=node.end_lineno or node.lineno,
                node=node,
                owner=owner,
                lines=lines,
                first=first,
                names=names,
            )
        if isinstance(node, ast.ClassDef):
            yield from _documented(path, module, names, node, qualname)


def _definitions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    return (node for node in body if isinstance(node, (*_FUNCTIONS, ast.ClassDef)))


def _is_special(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    names = [ast.unparse(one).rpartition(".")[2] for one in node.decorator_list]
    return any(name.endswith(_NO_CALL) for name in names)


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> tuple[int, tuple[str, ...]] | None:
    """The first line of the docstring and its lines; None where escapes make them others than the file's."""
    first = node.body[0]
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return None
    text, end = first.value.value, first.end_lineno or first.lineno
    if not isinstance(text, str) or len(text.split("\n")) != end - first.lineno + 1 or "⟨" in text:
        return None
    return first.lineno, tuple(text.split("\n"))


def _bound(body: list[ast.stmt]) -> Iterator[str]:
    """What the statements of a module bind, those under conditions too."""
    for node in body:
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (one.asname or one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (name.id for one in targets for name in ast.walk(one) if isinstance(name, ast.Name))
        elif isinstance(node, ast.If | ast.Try):
            inside = [*node.body, *node.orelse, *getattr(node, "finalbody", ())]
            handlers = [one for handler in getattr(node, "handlers", ()) for one in handler.body]
            yield from _bound([*inside, *handlers])
