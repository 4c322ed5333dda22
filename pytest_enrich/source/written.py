"""The values that people wrote in a test file: what the inputs of a new test should look like."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Mapping
from itertools import chain

from pytest_enrich.imports import parsed

MOST, LONGEST = 200, 80
MOST_CONTENTS, LONGEST_CONTENT = 40, 200
WRITING = {"write_text", "write_bytes", "write", "StringIO", "BytesIO"}
"""Calls that are given the contents of a file or a stream."""
EXPECTING = {"raises", "assertRaises", "assertRaisesRegex"}
NAMING = {"parametrize", "skip", "skipif", "xfail", "raises", "warns", "param"}
"""Calls whose keyword arguments and first argument only name or explain something."""
WHOLE = {"datetime", "decimal", "fractions", "uuid"}
"""Modules of classes whose objects are values as a whole: nothing that one is made of is a value by itself."""
LOWER = {"date", "datetime", "time", "timedelta"}
"""The classes of these modules that are not capitalized."""
MOCKING = {"mock", "unittest"}
"""Packages whose objects stand for others."""


def values(text: str, package: str = "") -> tuple[str, ...]:
    """Templates of the values, without repeats, docstrings, names, messages, and long or multi-line texts.

    Among them are objects of other libraries that are made from literals, such as an array. What makes objects of
    the project's own `package` is seen when its tests run.
    """
    tree = parsed(text)
    templates = dict.fromkeys(_values(tree, _classes(tree, package))) if tree else {}
    return tuple(value for value in templates if len(value) <= LONGEST and r"\n" not in value)[:MOST]


def contents(text: str) -> tuple[str, ...]:
    """Templates of the texts that tests write into files and streams, directly or by a name, without repeats."""
    tree = parsed(text)
    nodes = [*ast.walk(tree)] if tree else []
    named: dict[str, list[ast.expr]] = {}
    for name, value in (pair for node in nodes for pair in _bound(node)):
        named.setdefault(name, []).append(value)
    calls = [node for node in nodes if isinstance(node, ast.Call) and node.args]
    given = [call.args[0] for call in calls if _last(call) in WRITING]
    values = (named.get(node.id, ()) if isinstance(node, ast.Name) else (node,) for node in given)
    texts = map(_text, chain.from_iterable(values))
    unique = dict.fromkeys(text for text in texts if text and len(text) <= LONGEST_CONTENT)
    return tuple(map(repr, unique))[:MOST_CONTENTS]


def expected(text: str) -> tuple[str, ...]:
    """The names of the exceptions that tests expect with pytest or unittest, without repeats."""
    tree = parsed(text)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args] if tree else []
    expecting = [call.args[0] for call in calls if _last(call) in EXPECTING]
    classes = chain.from_iterable(node.elts if isinstance(node, ast.Tuple) else (node,) for node in expecting)
    return tuple(dict.fromkeys(node.id for node in classes if isinstance(node, ast.Name)))


def _bound(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names with the values that an assignment, or a row of `parametrize`, gives them."""
    match node:
        case ast.Assign([ast.Name(name)], value):
            yield name, value
        case ast.Call(ast.Attribute(attr="parametrize"), [names, ast.List() | ast.Tuple() as rows, *_]):
            parts = [_text(name) for name in names.elts] if isinstance(names, ast.List | ast.Tuple) else None
            columns = parts or [name.strip() for name in _text(names).split(",")]
            for row in rows.elts:
                cells = row.elts if isinstance(row, ast.Tuple | ast.List) and len(columns) > 1 else [row]
                yield from zip(columns, cells, strict=False)


def _text(node: ast.expr) -> str:
    """The text of a node, dedented if the test does that; "" if it is not a text."""
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


def _values(node: ast.AST, classes: Mapping[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield from [repr(node.value)] if isinstance(node.value, str | bytes | int | float) else []
        return
    children: list[ast.AST] = [child for child in ast.iter_child_nodes(node) if not _is_said(child)]
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if called in classes and all(map(_is_literal, given)):
            yield classes[called] + ast.unparse(node)[len(called) :]
            if classes[called].strip("⟨").partition(":")[0] in WHOLE:
                return
        children = [*node.args[1:]] if called.rpartition(".")[2] in NAMING else children
    for child in [node.test] if isinstance(node, ast.Assert) else children:
        yield from _values(child, classes)


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return False
    return True


def _classes(tree: ast.AST, package: str) -> dict[str, str]:
    """The templates of what looks like an imported class of another package, by how it is called in the file."""
    imported: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level:
            imported |= {alias.asname or alias.name: f"{node.module}:{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            imported |= {alias.asname or alias.name: f"{alias.name}:" for alias in node.names}
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = ((name, _meant(name, imported)) for name in called)
    return {name: f"⟨{meant}⟩" for name, meant in found if _is_class(meant, package)}


def _meant(name: str, imported: Mapping[str, str]) -> str:
    """The `module:name` of a name, or of an attribute of a module; "" for anything else."""
    owner, _, own = name.rpartition(".")
    module = imported.get(owner, "")
    return f"{module}{own}" if module.endswith(":") else imported.get(name, "")


def _is_class(meant: str, package: str) -> bool:
    module, _, name = meant.partition(":")
    is_named_so = name[:1].isupper() or (module in WHOLE and name in LOWER)
    return is_named_so and module.partition(".")[0] not in {package, *MOCKING}


def _is_said(node: ast.AST) -> bool:
    """Whether it is a docstring or an f-string: these are not values."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, ast.JoinedStr)
