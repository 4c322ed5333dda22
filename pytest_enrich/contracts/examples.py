"""What the examples of a docstring promise about calls of its function."""

from __future__ import annotations

import ast
import doctest
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
"""The most examples of one docstring that are considered."""
_SETUP = 6
"""The most statements before the call that a reader can take in."""
_LONGEST = 300


class _Step(Struct, frozen=True):
    """One example of a docstring, and its syntax tree."""

    example: doctest.Example
    tree: ast.Module

    @property
    def code(self) -> str:
        """The source text."""
        return self.example.source.rstrip("\n")


def claims(function: Documented) -> Iterator[Claim]:
    """What the examples promise about the function itself."""
    steps = _steps(function)
    found = (_claim(function, steps[:index], step) for index, step in enumerate(steps[:MOST]))
    yield from (claim for claim in found if claim is not None)


def _steps(function: Documented) -> list[_Step]:
    try:
        examples = doctest.DocTestParser().get_examples(function.docstring)
    except ValueError:
        return []
    steps = [_Step(example, tree) for example in examples if (tree := parsed(example.source)) is not None]
    # An example in another language or for another Python: those after it would build on it.
    return steps if len(steps) == len(examples) else []


def _claim(function: Documented, before: Sequence[_Step], step: _Step) -> Claim | None:
    expression, example = step.tree.body[0] if len(step.tree.body) == 1 else None, step.example
    if not isinstance(expression, ast.Expr) or example.options or len(step.code) > _LONGEST:
        return None
    promised = _promised(function, example)
    scene = _scene(before, step)
    if (
        promised is None
        or scene is None
        or not _is_about(function, [*(earlier.tree for earlier in scene), step.tree])
    ):
        return None
    written = _written(function, [*before, step], scene, step)
    if written is None:
        return None
    count = example.source.count("\n") + example.want.count("\n")
    lines = function.docstring.split("\n")[example.lineno : example.lineno + count]
    *setup, action = written
    return Claim(
        path=function.path,
        module=function.module,
        qualname=function.qualname,
        line=function.node.lineno,
        promise="example" if example.exc_msg is None else "raises",
        quote="\n".join(map(str.strip, lines)),
        quote_line=function.node.body[0].lineno + example.lineno,
        setup=tuple(setup),
        action=action,
        expected=promised,
    )


def _promised(function: Documented, example: doctest.Example) -> Template | None:
    """The promised literal or exception; None if it is ambiguous."""
    if example.exc_msg is not None:
        return exception_named(example.exc_msg.partition(":")[0].strip(), function.module, function.names)
    text = example.want.strip()
    if not text or "..." in text or "<" in text[:1] or len(text) > _LONGEST:
        return None
    return text if literal_value(text) is not None else None


def _scene(before: Sequence[_Step], step: _Step) -> list[_Step] | None:
    """The statements that the call builds on, oldest first; None if they are too many to follow.

    A statement may change the objects it uses: `child = Node(parent=root)` is needed wherever `root` is. One that
    is only there for its effect may affect anything.
    """
    local = frozenset().union(*(stored_names(earlier.tree) for earlier in before)) if before else frozenset()
    needed, known = used_names(step.tree) & local, frozenset[str]()
    if "_" in used_names(step.tree):
        return None
    stated = [earlier for earlier in before if not imported_names(earlier.tree)]
    while needed != known:
        known = needed
        needed = known.union(*(used for earlier in stated if known & (used := used_names(earlier.tree) & local)))
    kept = [earlier for earlier in stated if needed & used_names(earlier.tree) or _is_done(earlier)]
    return kept if len(kept) <= _SETUP and not any(earlier.example.options for earlier in kept) else None


def _is_done(step: _Step) -> bool:
    """Whether a statement is there for its effect: it shows nothing, and binds no name."""
    return not step.example.want and not stored_names(step.tree) and not isinstance(step.tree.body[0], ast.Assert)


def _is_about(function: Documented, trees: Sequence[ast.AST]) -> bool:
    """Whether the function itself is called: an example may be about another one."""
    wanted = trees if isinstance(function.node, ast.ClassDef) else trees[-1:]
    return any(last_name(call.func) == function.node.name for call in nodes_of(ast.Call, *wanted))


def _written(
    function: Documented, every: Sequence[_Step], scene: Sequence[_Step], step: _Step
) -> list[Template] | None:
    known = {name: f"⟨{function.module}:{name}⟩" for name in function.names}
    for current in every:
        imported = imported_names(current.tree)
        if imported is None:
            return None
        known.update(imported)
    trees = [*(earlier.tree for earlier in scene), step.tree]
    local = frozenset().union(*(stored_names(tree) for tree in trees))
    templates = [name_template(current.code, known, local) for current in (*scene, step)]
    return [template for template in templates if template is not None] if None not in templates else None
