"""The values that people wrote into a test file: what an input of a new test should look like."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Mapping
from itertools import chain

from pytest_enrich.imports import parsed

MOST, LONGEST = 200, 80
MOST_CONTENTS, LONGEST_CONTENT = 40, 200
WRITING = {"write_text", "write_bytes", "write", "StringIO", "BytesIO"}
"""What is given the text of a file, or of a stream."""
EXPECTING = {"raises", "assertRaises", "assertRaisesRegex"}
NAMING = {"parametrize", "skip", "skipif", "xfail", "raises", "warns", "param"}
"""What calls of these are given by name, or first, names or explains something."""
VALUES: Mapping[str, tuple[str, ...]] = {
    "datetime": ("date", "datetime", "time", "timedelta"),
    "decimal": ("Decimal",),
    "fractions": ("Fraction",),
    "uuid": ("UUID",),
}
"""Classes of values that are written as calls, by module; to make one does nothing else."""


def values(text: str) -> tuple[str, ...]:
    """Templates, each once; without docstrings, names of parameters and messages, and without what fills lines."""
    tree = parsed(text)
    found = dict.fromkeys(_values(tree, _named(tree))) if tree else {}
    return tuple(value for value in found if len(value) <= LONGEST and r"\n" not in value)[:MOST]


def contents(text: str) -> tuple[str, ...]:
    """Templates of the texts that tests write into files and streams, by whatever name, each once."""
    tree = parsed(text)
    nodes = [*ast.walk(tree)] if tree else []
    named: dict[str, list[ast.expr]] = {}
    for name, value in (pair for node in nodes for pair in _bound(node)):
        named.setdefault(name, []).append(value)
    calls = [node for node in nodes if isinstance(node, ast.Call) and node.args]
    given = [call.args[0] for call in calls if _last(call) in WRITING]
    values = (named.get(one.id, ()) if isinstance(one, ast.Name) else (one,) for one in given)
    texts = map(_text, chain.from_iterable(values))
    found = dict.fromkeys(text for text in texts if text and len(text) <= LONGEST_CONTENT)
    return tuple(map(repr, found))[:MOST_CONTENTS]


def expected(text: str) -> tuple[str, ...]:
    """The names of the exceptions that tests expect, by a block of pytest's or of unittest's, each once."""
    tree = parsed(text)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args] if tree else []
    expecting = [call.args[0] for call in calls if _last(call) in EXPECTING]
    several = chain.from_iterable(one.elts if isinstance(one, ast.Tuple) else (one,) for one in expecting)
    return tuple(dict.fromkeys(one.id for one in several if isinstance(one, ast.Name)))


def _bound(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names with what an assignment, or a row of `parametrize`, gives them."""
    match node:
        case ast.Assign([ast.Name(name)], value):
            yield name, value
        case ast.Call(ast.Attribute(attr="parametrize"), [names, ast.List() | ast.Tuple() as rows, *_]):
            parts = [_text(one) for one in names.elts] if isinstance(names, ast.List | ast.Tuple) else None
            columns = parts or [name.strip() for name in _text(names).split(",")]
            for row in rows.elts:
                cells = row.elts if isinstance(row, ast.Tuple | ast.List) and len(columns) > 1 else [row]
                yield from zip(columns, cells, strict=False)


def _text(node: ast.expr) -> str:
    """The text that a node is, dedented where the test does that; "" where it is none."""
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.Constant(bytes(data)):
            return data.decode("latin-1")
        case ast.Call(args=[ast.Constant(str(text)), *_]) if _last(node) == "dedent":
            return textwrap.dedent(text)
    return ""


def _last(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _values(node: ast.AST, names: Mapping[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield from [repr(node.value)] if isinstance(node.value, str | bytes | int | float) else []
        return
    children: list[ast.AST] = [child for child in ast.iter_child_nodes(node) if not _is_said(child)]
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if called in names and all(isinstance(value, ast.Constant) for value in given):
            yield names[called] + ast.unparse(node)[len(called) :]
            return
        children = [*node.args[1:]] if called.rpartition(".")[2] in NAMING else children
    for child in [node.test] if isinstance(node, ast.Assert) else children:
        yield from _values(child, names)


def _named(tree: ast.AST) -> dict[str, str]:
    """By the text that stands for it in the file, the template of each class of values that is imported there."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in VALUES:
            found |= {alias.asname or alias.name: f"⟨{node.module}:{alias.name}⟩" for alias in node.names}
        elif isinstance(node, ast.Import):
            pairs = ((alias, kind) for alias in node.names for kind in VALUES.get(alias.name, ()))
            found |= {f"{alias.asname or alias.name}.{kind}": f"⟨{alias.name}:{kind}⟩" for alias, kind in pairs}
    return found


def _is_said(node: ast.AST) -> bool:
    """Whether it is a docstring, or a text that is put together: these are no values."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, ast.JoinedStr)
