"""What the examples of a docstring promise about calls of its function."""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from pytest_enrich.contracts.function import (
    Claim,
    Documented,
    exception_named,
    imported_names,
    name_template,
    stored_names,
    used_names,
)
from pytest_enrich.data import Template
from pytest_enrich.imports import parsed
from pytest_enrich.writing.syntax import last_name, literal_value, nodes_of

MOST = 40
"""Examples of one docstring that are looked at."""
_SETUP = 6
"""Statements before the call that a reader takes in."""
_LONGEST = 300
_TRACEBACK = re.compile(r"^Traceback \((?:most recent call last|innermost last)\):\s*$", re.MULTILINE)


class _Step(Struct, frozen=True):
    """One example: its text, its tree, what should come of it, where it stands in the docstring."""

    code: str
    tree: ast.Module
    want: str
    at: int
    odd: bool


def claims(function: Documented) -> Iterator[Claim]:
    """What the examples promise about the function itself."""
    steps = _steps(function)
    found = (_claim(function, steps[:index], step) for index, step in enumerate(steps[:MOST]))
    yield from (claim for claim in found if claim is not None)


def _steps(function: Documented) -> list[_Step]:
    try:
        found = doctest.DocTestParser().get_examples(function.docstring)
    except ValueError:
        return []
    steps = []
    for example in found:
        tree = parsed(example.source)
        if tree is None:
            return []  # of another language or another Python: the rest would build on it
        steps.append(_Step(example.source.rstrip("\n"), tree, example.want, example.lineno, bool(example.options)))
    return steps


def _claim(function: Documented, before: Sequence[_Step], step: _Step) -> Claim | None:
    expression = step.tree.body[0] if len(step.tree.body) == 1 else None
    if not isinstance(expression, ast.Expr) or step.odd or len(step.code) > _LONGEST:
        return None
    promised = _promised(function, step.want)
    scene = _scene(before, step)
    if promised is None or scene is None or not _is_about(function, [*(each.tree for each in scene), step.tree]):
        return None
    written = _written(function, [*before, step], scene, step)
    if written is None:
        return None
    count = len(step.code.split("\n")) + len(step.want.rstrip("\n").split("\n"))
    *setup, action = written
    return Claim(
        path=function.path,
        module=function.module,
        qualname=function.qualname,
        line=function.node.lineno,
        promise="raises" if _TRACEBACK.match(step.want.strip()) else "example",
        quote="\n".join(line.strip() for line in function.lines[step.at : step.at + count]),
        quote_line=function.first + step.at,
        setup=tuple(setup),
        action=action,
        expected=promised,
    )


def _promised(function: Documented, want: str) -> Template | None:
    """The literal or the exception; None for all that leaves room."""
    text = want.strip()
    if _TRACEBACK.match(text):
        return exception_named(text.splitlines()[-1].partition(":")[0].strip(), function.module, function.names)
    if not text or "..." in text or "<" in text[:1] or len(text) > _LONGEST:
        return None
    return text if literal_value(text) is not None else None


def _scene(before: Sequence[_Step], step: _Step) -> list[_Step] | None:
    """The statements that the call builds on, oldest first; None when they are too many to see through.

    What is given to something may change it: `child = Node(parent=root)` is one of what `root` is made by. What is
    done for its effect alone may be one on anything.
    """
    local = frozenset().union(*(stored_names(each.tree) for each in before)) if before else frozenset()
    needed, known = used_names(step.tree) & local, frozenset[str]()
    if "_" in used_names(step.tree):
        return None
    stated = [each for each in before if not imported_names(each.tree)]
    while needed != known:
        known = needed
        needed = known.union(*(used for each in stated if known & (used := used_names(each.tree) & local)))
    kept = [each for each in stated if needed & used_names(each.tree) or _is_done(each)]
    return kept if len(kept) <= _SETUP and not any(each.odd for each in kept) else None


def _is_done(step: _Step) -> bool:
    """Whether a statement is there for what it does: it says nothing, and gives nothing a name."""
    return not step.want and not stored_names(step.tree) and not isinstance(step.tree.body[0], ast.Assert)


def _is_about(function: Documented, trees: Sequence[ast.AST]) -> bool:
    """Whether the function itself is called: an example may be about another one."""
    wanted = trees if isinstance(function.node, ast.ClassDef) else trees[-1:]
    return any(last_name(call.func) == function.node.name for call in nodes_of(ast.Call, *wanted))


def _written(
    function: Documented, every: Sequence[_Step], scene: Sequence[_Step], step: _Step
) -> list[Template] | None:
    known = {name: f"⟨{function.module}:{name}⟩" for name in function.names}
    for each in every:
        more = imported_names(each.tree)
        if more is None:
            return None
        known.update(more)
    trees = [*(each.tree for each in scene), step.tree]
    local = frozenset().union(*(stored_names(tree) for tree in trees))
    found = [name_template(each.code, known, local) for each in (*scene, step)]
    return [text for text in found if text is not None] if None not in found else None
