"""Source text as Python's parser sees it: lines, columns, trees, and all the ways in which statements bind names.

Text that cannot be parsed raises a `RefusedError` that says so.
"""

from __future__ import annotations

import ast
import bisect
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, chain, count
from typing import TypeAlias

from msgspec import Struct

from pytest_enrich.errors import RefusedError

# Only these end a line for Python; str.splitlines also splits at form feeds and U+2028.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BREAK = re.compile(r"\r\n|\r|\n")
_MARKER = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
LIMITS, USUAL_LIMIT = (79, 88, 100, 120), 88
_FEW, _MOST = 20, 0.005
"""Fewer lines than that prove nothing, and this share of them may exceed a limit."""
_BEHIND = re.compile(r"(?<=\S)\s+#.*")
BOM = "\ufeff"
FILE = 1000
"""A text with at least this many characters is taken for a file, not for a single test."""
UNNAMED = "the test file"

Span: TypeAlias = tuple[int, int]
"""Start and end as offsets in characters."""

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_INNER = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
"""Expressions with variables of their own."""
_MAYBE = (ast.Try, ast.With, ast.AsyncWith, ast.Match, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler)


def split_bom(text: str) -> tuple[str, str]:
    """The byte order mark that `text` begins with, "" for none, and the rest."""
    rest = text.removeprefix(BOM)
    return text[: len(text) - len(rest)], rest


def split(text: str) -> list[str]:
    """The lines of `text`, each with its own ending."""
    return _LINE.findall(text)


def outdented(lines: Sequence[str]) -> str:
    """The lines of a function or class without the indentation of the first one.

    Lines of strings in it may be indented less, as in docstrings: they stay, where `textwrap.dedent` gives up.
    """
    first = lines[0] if lines else ""
    margin = first[: len(first) - len(first.lstrip())]
    return "\n".join(line.removeprefix(margin) if line.strip() else "" for line in lines)


def newline(text: str) -> str:
    r"""The first line ending in `text`, "\n" when it has none."""
    match = _BREAK.search(text)
    return match.group() if match else "\n"


@lru_cache(maxsize=8)  # a few files are asked about, each for many tests
def limit(text: str) -> int:
    """The limit for the length of lines in a file: the smallest of the usual limits that all but a few lines keep.

    Long strings and trailing comments do not count: no formatter moves them. A limit below that of most formatters
    is only believed if something was broken into several lines that the latter would have left on one.
    """
    texts = _with_long_texts(text)
    numbered = enumerate(split(text), 1)
    lines = [_BEHIND.sub("", line.rstrip()) for number, line in numbered if line.strip() and number not in texts]
    if len(lines) < _FEW:
        return USUAL_LIMIT
    fitting = (width for width in LIMITS if sum(len(line) > width for line in lines) <= _MOST * len(lines))
    width = next(fitting, LIMITS[-1])
    is_kept = width >= USUAL_LIMIT or any(width < size <= USUAL_LIMIT for size in _joined(lines))
    return width if is_kept else USUAL_LIMIT


def _with_long_texts(text: str) -> set[int]:
    """The lines with a string that fills more than half of a line, or spans several."""
    nodes = ast.walk(parsed(text) or ast.Module([], []))
    texts = (
        node
        for node in nodes
        if isinstance(node, ast.JoinedStr)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))
    )
    return {
        line
        for node in texts
        if node.end_lineno != node.lineno or (node.end_col_offset or 0) - node.col_offset > LIMITS[0] // 2
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def _joined(lines: Sequence[str]) -> Iterator[int]:
    """The lengths of bracketed code that was broken into two or three lines, if joined into one.

    Code with a comma before the closing bracket is left out, since formatters leave it broken.
    """
    for number, line in enumerate(lines):
        whole = line
        for following in map(str.lstrip, lines[number + 1 : number + 3]):
            if _balanced(whole) or (whole.endswith(",") and following.startswith((")", "]", "}"))):
                break
            whole += " " * whole.endswith(",") + following
            if _balanced(whole):
                yield len(whole)


def _balanced(line: str) -> bool:
    return all(line.count(left) == line.count(right) for left, right in ("()", "[]", "{}"))


class Places:
    """Converts the positions of `ast` in a text into offsets in characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = split(text)
        self._starts = [0, *accumulate(map(len, self._lines))]

    def offset(self, row: int, at: int) -> int:
        """The offset of a position as counted by `ast`: columns in bytes."""
        line = self._lines[row - 1] if row <= len(self._lines) else ""
        return self._starts[row - 1] + column(line, at)

    def span(self, node: ast.AST) -> Span:
        """The span of a node that has a position, without parentheses around it."""
        start = self.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        return start, self.offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def line(self, offset: int) -> int:
        """The line (1-based) that an offset is in."""
        return bisect.bisect_right(self._starts, offset)


def column(line: str, offset: int) -> int:
    """The index in `line` of the UTF-8 byte at `offset`, as counted by `ast`."""
    if line.isascii():  # nearly every line is, and each node of a file is asked for
        return offset
    return len(line.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "replace"))


def parse(text: str, path: str = UNNAMED) -> ast.Module:
    """Parse `text`, with or without a byte order mark; the tree may be shared, so it must not be changed.

    Raises:
        RefusedError: It is not Python; `path` names the file in the message.
    """
    try:
        return (tree_of if len(text) < FILE else _tree_of_file)(text.removeprefix(BOM))
    except SyntaxError as error:
        raise unreadable(path, text, error) from error


def tree_of(text: str) -> ast.Module:
    """The syntax tree, without warnings of the compiler.

    Raises:
        SyntaxError: It is not Python, or too deeply nested to be parsed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (ValueError, RecursionError, MemoryError) as error:
            raise SyntaxError(str(error) or type(error).__name__) from error


_tree_of_file = lru_cache(maxsize=8)(tree_of)  # few files, but many calls for each candidate


def parsed(text: str) -> ast.Module | None:
    """The tree of `text`, None if it is not Python."""
    try:
        return parse(text)
    except RefusedError:
        return None


def only_statement(code: str) -> ast.stmt | None:
    """The only statement of `code`, None if it is not Python, or not exactly one statement."""
    tree = parsed(code)
    return tree.body[0] if tree and len(tree.body) == 1 else None


def unreadable(path: str, text: str, error: BaseException) -> RefusedError:
    """The error for a `path` whose `text` cannot be parsed."""
    if _MARKER.search(text):
        why, cure = "has conflict markers", "Resolve the conflict, see it:  git diff"
    else:
        line = getattr(error, "lineno", None)
        why = f"cannot be parsed{f' (line {line})' if line else ''}: {_reason(error)}"
        cure = "See the error:  python -m py_compile"
    return RefusedError(f"{path} {why}\nNothing was changed in it.\n{cure} {path}")


class Binding(Struct, frozen=True, kw_only=True):
    """One binding of `name`.

    Attributes:
        name: The name, without dots.
        module: What is imported (from), "" if it is not an import.
        member: What is imported from `module`; None for `import module`.
        alias: The name after `as`.
        sure: Whether it happens in every run; False inside `if`, `try`, loops.
    """

    name: str
    module: str = ""
    member: str | None = None
    alias: str | None = None
    sure: bool = True

    @property
    def statement(self) -> str:
        """The import statement that makes this binding."""
        return statement(self.module, self.member or "", self.alias or self.member or self.module)


def statement(module: str, member: str, name: str) -> str:
    """The import by which `name` stands for a member of a module, or for the module where `member` is ""."""
    plain = f"from {module} import {member}" if member else f"import {module}"
    return plain if name == (member or module) else f"{plain} as {name}"


def bound(body: Iterable[ast.stmt], package: str = "") -> list[Binding]:
    """The bindings that running `body` makes; `package` is what relative imports are relative to."""
    return [binding for statement in body for binding in _walk(statement, package, sure=True)]


def assigned(statements: Iterable[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """The names that plain assignments among these bind, each with its value."""
    for node in statements:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((target.id, node.value) for target in targets if isinstance(target, ast.Name))


def imported(node: ast.Import | ast.ImportFrom, package: str = "", *, sure: bool = True) -> Iterator[Binding]:
    """The bindings of an import statement; those of `from x import *` are unknown."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            yield Binding(name=name, module=alias.name, alias=alias.asname, sure=sure)
        return
    module = absolute(node, package)
    for alias in node.names:
        if alias.name != "*":
            name = alias.asname or alias.name
            yield Binding(name=name, module=module, member=alias.name, alias=alias.asname, sure=sure)


def absolute(node: ast.ImportFrom, package: str) -> str:
    """The module that `node` imports from; it keeps its leading dots if `package` is too shallow."""
    parts = package.split(".") if package else []
    if not node.level or node.level > len(parts):
        return "." * node.level + (node.module or "")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def free(options: Sequence[str], taken: Collection[str]) -> str:
    """The first option that is not taken; if all are, the first one with a number."""
    numbered = (f"{options[0]}_{number}" for number in count(2))
    return next(option for option in chain(options, numbered) if option not in taken)


def _reason(error: BaseException) -> str:
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return " ".join((text or type(error).__name__).split())[:120]


def _walk(node: ast.AST, package: str, *, sure: bool) -> Iterator[Binding]:
    """The bindings in `node` that belong to its scope, without those of scopes inside it."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from imported(node, package, sure=sure)
    elif isinstance(node, _SCOPES):
        yield Binding(name=node.name, sure=sure)
        yield from (Binding(name=name, sure=False) for name in _globals(node))
    elif not isinstance(node, _INNER):
        yield from (Binding(name=name, sure=sure) for name in _own(node))
        below = sure and not isinstance(node, (*_MAYBE, ast.If)) and type(node).__name__ != "TryStar"
        for child in _children(node):
            yield from _walk(child, package, sure=below)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.If) and ast.unparse(node.test).rpartition(".")[2] == "TYPE_CHECKING":
        yield from node.orelse
    else:
        yield from ast.iter_child_nodes(node)


def _own(node: ast.AST) -> Iterator[str]:
    """The names that `node` itself binds: a target, a capture of a pattern, an exception's name."""
    match node:
        case ast.Name(name, ast.Store() | ast.Del()):
            yield name
        case ast.MatchAs(name=str(name)) | ast.MatchStar(str(name)) | ast.ExceptHandler(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name


def _globals(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Global):
            yield from inner.names
