"""The cases of a test that is parametrized: names, and the source of each value, row by row."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from pytest_enrich.proposers.rows.names import Function, last
from pytest_enrich.proposers.rows.text import Text

VALUES = 1
"""The place of the list among the arguments."""
MADE_AND_USED = 2
"""So often is a constant named that has one use."""
PLAIN = {"ids", "argnames", "argvalues"}


class Cases(Struct, frozen=True, kw_only=True):
    """What one `parametrize` lists: `argnames`, whether a value alone is a case, and the `rows`.

    `shared` says whether something else reads the list, and `sharers` are the names of the tests that have it,
    too, where nothing but such tests does: what is added to it is added to them.
    """

    argnames: tuple[str, ...]
    bare: bool
    rows: tuple[tuple[str, ...], ...]
    shared: bool = False
    sharers: tuple[str, ...] = ()

    def column(self, name: str) -> tuple[str, ...]:
        """The values of one parameter, row by row."""
        at = self.argnames.index(name)
        return tuple(row[at] for row in self.rows)


def innermost(text: Text, function: Function) -> Cases | None:
    """The cases of the last `parametrize` above a test whose list can be read."""
    for decorator in reversed(function.decorator_list):
        if is_parametrize(decorator) and isinstance(decorator, ast.Call):
            found = _cases(text, decorator)
            if found is not None:
                return found
    return None


def is_parametrize(node: ast.expr) -> bool:
    """Whether it is a call of something named `parametrize`."""
    function = node.func if isinstance(node, ast.Call) else node
    return last(function) == "parametrize"


def _cases(text: Text, call: ast.Call) -> Cases | None:
    given = {keyword.arg or "*": keyword.value for keyword in call.keywords}
    given |= dict(zip(("argnames", "argvalues"), call.args, strict=False))
    names, values = given.get("argnames"), _listed(text, given.get("argvalues"))
    # What is indirect goes through a fixture; a scope changes what is set up.
    if names is None or values is None or given.keys() - PLAIN:
        return None
    argnames, bare = _names(names)
    rows = tuple(row for node in values if (row := _row(text, node, bare=bare)) and len(row) == len(argnames))
    if not argnames or not rows:
        return None
    shared, sharers = _shared(text, given["argvalues"], call)
    return Cases(argnames=argnames, bare=bare, rows=rows, shared=shared, sharers=sharers)


def _names(node: ast.expr) -> tuple[tuple[str, ...], bool]:
    """The names, and whether a value alone is a case."""
    try:
        names = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return (), False
    if isinstance(names, str):
        words = tuple(word.strip() for word in names.split(",") if word.strip())
        return words, len(words) == 1
    plain = isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)
    return (tuple(names), False) if plain else ((), False)


def _listed(text: Text, node: ast.expr | None) -> list[ast.expr] | None:
    """The elements of a list, which may be that of a constant of the file."""
    if isinstance(node, ast.Name):
        given = [value for name, value in _assigned(text.tree) if name == node.id]
        node = given[0] if len(given) == 1 else None
    return node.elts if isinstance(node, ast.List | ast.Tuple) else None


def _shared(text: Text, node: ast.expr, call: ast.Call) -> tuple[bool, tuple[str, ...]]:
    """Whether something else reads a constant, and the tests that do, where nothing else does."""
    if not isinstance(node, ast.Name):
        return False, ()
    uses = sum(isinstance(one, ast.Name) and one.id == node.id for one in ast.walk(text.tree))
    functions = (one for one in ast.walk(text.tree) if isinstance(one, Function | ast.ClassDef))
    having = [one.name for one in functions for each in one.decorator_list if _has(each, node.id, call)]
    return uses > MADE_AND_USED, tuple(having) if uses == len(having) + MADE_AND_USED else ()


def _has(decorator: ast.expr, name: str, call: ast.Call) -> bool:
    """Whether another `parametrize` takes its cases from the constant of this name."""
    if decorator is call or not is_parametrize(decorator) or not isinstance(decorator, ast.Call):
        return False
    named = (keyword.value for keyword in decorator.keywords if keyword.arg == "argvalues")
    given = (*decorator.args[VALUES : VALUES + 1], *named)
    return any(isinstance(one, ast.Name) and one.id == name for one in given)


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        if len(targets) == 1 and isinstance(targets[0], ast.Name) and isinstance(value, ast.expr):
            yield targets[0].id, value


def _row(text: Text, node: ast.expr, *, bare: bool) -> tuple[str, ...]:
    """The source of each value of a case; none of one that has marks of its own or cannot be read."""
    if isinstance(node, ast.Call) and last(node.func) == "param":
        marked = any(keyword.arg != "id" for keyword in node.keywords)
        starred = any(isinstance(one, ast.Starred) for one in node.args)
        return () if marked or starred else tuple(text.source(one) for one in node.args)
    if bare:
        return () if isinstance(node, ast.Starred) else (text.source(node),)
    if not isinstance(node, ast.List | ast.Tuple) or any(isinstance(one, ast.Starred) for one in node.elts):
        return ()
    return tuple(text.source(one) for one in node.elts)
