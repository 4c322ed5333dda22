"""What the parameters of a test stand for: cases of a list, or fixtures."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from pytest_enrich.data import Hole
from pytest_enrich.imports.text import assigned
from pytest_enrich.writing.syntax import Function, Text, last_name, literal_value, nodes_of, used

MADE_AND_USED = 2
"""How often a constant with a single use is named."""
PLAIN = {"ids", "argnames", "argvalues"}
SILENT = {"tmp_path", "tmpdir", "capsys", "capfd", "caplog", "monkeypatch", "recwarn", "request"}
"""Fixtures that have no effect when nobody uses them."""
SHORTEST = 4
"""The shortest common ending without an underscore before it, as in `superuser`."""
MOST_FIXTURES, FAR = 6, 3


class Cases(Struct, frozen=True, kw_only=True):
    """What one `parametrize` lists: `argnames`, whether a value alone is a case, and the `rows`.

    `shared` says whether something else reads the list, which an added case would then affect, too.
    """

    argnames: tuple[str, ...]
    bare: bool
    rows: tuple[tuple[str, ...], ...]
    shared: bool = False

    def column(self, name: str) -> tuple[str, ...]:
        """The values of one parameter, row by row."""
        at = self.argnames.index(name)
        return tuple(row[at] for row in self.rows)


def innermost_cases(text: Text, function: Function) -> Cases | None:
    """The cases of the last `parametrize` above a test whose list can be read."""
    marks = (mark for mark in reversed(function.decorator_list) if is_parametrize(mark))
    read = (_cases_of(text, mark) for mark in marks if isinstance(mark, ast.Call))
    return next(filter(None, read), None)


def is_parametrize(node: ast.expr) -> bool:
    """Whether it is a call of something named `parametrize`."""
    function = node.func if isinstance(node, ast.Call) else node
    return last_name(function) == "parametrize"


def is_drawn(function: Function) -> bool:
    """Whether Hypothesis draws what a test is given."""
    return any(isinstance(mark, ast.Call) and last_name(mark.func) == "given" for mark in function.decorator_list)


def fixture_holes(function: Function, visible: Collection[str]) -> list[Hole]:
    """Each fixture that a test uses, with others of a similar name; those that the test has anyway come first."""
    names = [parameter.arg for parameter in function.args.args]
    asked = [name for name in names if name in visible and name not in SILENT]
    others = dict.fromkeys([*asked, *(name for name in visible if name not in SILENT and name[:1] != "_")])
    needed = used(*function.body)
    alike = {name: _alike(name, others)[:MOST_FIXTURES] for name in asked if name in needed}
    return [Hole(fixture=name, values=(name,), offers=tuple(offers)) for name, offers in alike.items() if offers]


def exchanged_arguments(declared: Iterable[tuple[str, str]], others: Mapping[str, str]) -> list[str]:
    """The arguments (name and source) with some names replaced by `others`, each only once."""
    arguments: dict[str, str] = {}
    for name, source in declared:
        new = others.get(name, name)
        if name not in others or new not in arguments:
            arguments[new] = new + source[len(name) :]
    return [*arguments.values()]


def _cases_of(text: Text, call: ast.Call) -> Cases | None:
    passed = {keyword.arg or "*": keyword.value for keyword in call.keywords}
    passed |= dict(zip(("argnames", "argvalues"), call.args, strict=False))
    names, values = passed.get("argnames"), _listed(text, passed.get("argvalues"))
    # `indirect` passes values through a fixture; `scope` changes what is set up.
    if names is None or values is None or passed.keys() - PLAIN:
        return None
    argnames, bare = _argnames(names)
    rows = (_row_values(text, node, bare=bare) for node in values)
    fitting = tuple(row for row in rows if row and len(row) == len(argnames))
    if not argnames or not fitting:
        return None
    return Cases(argnames=argnames, bare=bare, rows=fitting, shared=_is_shared(text, passed["argvalues"]))


def _argnames(node: ast.expr) -> tuple[tuple[str, ...], bool]:
    """The names, and whether a value alone is a case."""
    (names,) = literal_value(node) or ((),)
    if isinstance(names, str):
        words = tuple(word.strip() for word in names.split(",") if word.strip())
        return words, len(words) == 1
    plain = isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)
    return (tuple(names), False) if plain else ((), False)


def _listed(text: Text, node: ast.expr | None) -> list[ast.expr] | None:
    """The elements of a list, which may be the value of a constant of the file."""
    if isinstance(node, ast.Name):
        values = [value for name, value in assigned(text.tree.body) if name == node.id]
        node = values[0] if len(values) == 1 else None
    return node.elts if isinstance(node, ast.List | ast.Tuple) else None


def _is_shared(text: Text, node: ast.expr) -> bool:
    """Whether something else reads a list, which then has a name."""
    if not isinstance(node, ast.Name):
        return False
    return sum(name.id == node.id for name in nodes_of(ast.Name, text.tree)) > MADE_AND_USED


def _row_values(text: Text, node: ast.expr, *, bare: bool) -> tuple[str, ...]:
    """The source of each value of a case; empty for one that has marks of its own or cannot be read."""
    if isinstance(node, ast.Call) and last_name(node.func) == "param":
        values = [] if any(keyword.arg != "id" for keyword in node.keywords) else node.args
    elif bare:
        values = [node]
    else:
        values = node.elts if isinstance(node, ast.List | ast.Tuple) else []
    has_stars = any(isinstance(value, ast.Starred) for value in values)
    return () if has_stars else tuple(map(text.source, values))


def _alike(name: str, others: Iterable[str]) -> list[str]:
    """The other names that are similar, the nearest first."""
    distances = {other: _distance(other, name) for other in others if other != name}
    return sorted((other for other in distances if distances[other] < FAR), key=distances.__getitem__)


def _distance(first: str, second: str) -> int:
    """How far apart two names are, by their last word, else by their ending, else by their first word."""
    ours, theirs = first.split("_"), second.split("_")
    shorter, longer = sorted((first, second), key=len)
    if ours[-1] == theirs[-1]:
        return 0
    if len(shorter) >= SHORTEST and longer.endswith(shorter):
        return 1
    return 2 if ours[0] == theirs[0] and len(ours[0]) >= SHORTEST else FAR
