"""The cases of a test that is parametrized: names, and the source of each value, row by row."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from pytest_enrich.proposers.rows.text import Text

Function = ast.FunctionDef | ast.AsyncFunctionDef
NAMES, VALUES = 0, 1
PLAIN = {"ids", "argnames", "argvalues"}


class Cases(Struct, frozen=True, kw_only=True):
    """What one `parametrize` lists: `argnames`, whether a value alone is a case, and the `rows`.

    `shared` says whether other tests have the same list: what is added to it is added to them.
    """

    argnames: tuple[str, ...]
    bare: bool
    rows: tuple[tuple[str, ...], ...]
    shared: bool = False

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
    return getattr(function, "attr", getattr(function, "id", "")) == "parametrize"


def _cases(text: Text, call: ast.Call) -> Cases | None:
    given = {keyword.arg or "*": keyword.value for keyword in call.keywords}
    given |= dict(zip(("argnames", "argvalues"), call.args, strict=False))
    names, (values, shared) = given.get("argnames"), _listed(text, given.get("argvalues"))
    # What is indirect goes through a fixture; a scope changes what is set up.
    if names is None or values is None or given.keys() - PLAIN:
        return None
    argnames, bare = _names(names)
    rows = tuple(row for node in values if (row := _row(text, node, bare=bare)) and len(row) == len(argnames))
    return Cases(argnames=argnames, bare=bare, rows=rows, shared=shared) if argnames and rows else None


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


def _listed(text: Text, node: ast.expr | None) -> tuple[list[ast.expr] | None, bool]:
    """The elements of a list, which may be that of a constant of the file, and whether others use that."""
    shared = False
    if isinstance(node, ast.Name):
        given = [value for name, value in _assigned(text.tree) if name == node.id]
        uses = [one for one in ast.walk(text.tree) if isinstance(one, ast.Name) and one.id == node.id]
        node, shared = given[0] if len(given) == 1 else None, len(uses) > 2  # noqa: PLR2004 - made once, used once
    return (node.elts if isinstance(node, ast.List | ast.Tuple) else None), shared


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        if len(targets) == 1 and isinstance(targets[0], ast.Name) and isinstance(value, ast.expr):
            yield targets[0].id, value


def _row(text: Text, node: ast.expr, *, bare: bool) -> tuple[str, ...]:
    """The source of each value of a case; none of one that has marks of its own or cannot be read."""
    if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "param":
        marked = any(keyword.arg != "id" for keyword in node.keywords)
        starred = any(isinstance(one, ast.Starred) for one in node.args)
        return () if marked or starred else tuple(text.source(one) for one in node.args)
    if bare:
        return () if isinstance(node, ast.Starred) else (text.source(node),)
    if not isinstance(node, ast.List | ast.Tuple) or any(isinstance(one, ast.Starred) for one in node.elts):
        return ()
    return tuple(text.source(one) for one in node.elts)
