"""What the examples of a docstring promise about calls of its function."""

from __future__ import annotations

import ast
import builtins
import doctest
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from pytest_enrich.contracts.function import Claim, Documented
from pytest_enrich.data import Template
from pytest_enrich.imports import parsed
from pytest_enrich.imports.text import imported
from pytest_enrich.writing.syntax import (
    Function,
    Text,
    functions_in,
    last_name,
    literal_value,
    nodes_of,
    span,
    stored,
    used,
)

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
    if promised is None or scene is None or not _is_about(function, [*(past.tree for past in scene), step.tree]):
        return None
    written = _written(function, [*before, step], [*scene, step])
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
        return _exception_named(function, example.exc_msg.partition(":")[0].strip())
    text = example.want.strip()
    if not text or "..." in text or "<" in text[:1] or len(text) > _LONGEST:
        return None
    return text if literal_value(text) is not None else None


def _scene(before: Sequence[_Step], step: _Step) -> list[_Step] | None:
    """The statements that the call builds on, oldest first; None if they are too many to follow.

    A statement may change the objects it uses: `child = Node(parent=root)` is needed wherever `root` is. One that
    is only there for its effect may affect anything.
    """
    local = frozenset[str]().union(*(_stored_names(earlier.tree) for earlier in before))
    needed, known = _used_names(step.tree) & local, frozenset[str]()
    if "_" in _used_names(step.tree):
        return None
    stated = [earlier for earlier in before if not _imported_names(earlier.tree)]
    while needed != known:
        known = needed
        needed = known.union(*(used for earlier in stated if known & (used := _used_names(earlier.tree) & local)))
    kept = [earlier for earlier in stated if needed & _used_names(earlier.tree) or _is_done(earlier)]
    return kept if len(kept) <= _SETUP and not any(earlier.example.options for earlier in kept) else None


def _is_done(step: _Step) -> bool:
    """Whether a statement is there for its effect: it shows nothing, and binds no name."""
    return not step.example.want and not _stored_names(step.tree) and not isinstance(step.tree.body[0], ast.Assert)


def _is_about(function: Documented, trees: Sequence[ast.AST]) -> bool:
    """Whether the function itself is called: an example may be about another one."""
    wanted = trees if isinstance(function.node, ast.ClassDef) else trees[-1:]
    return any(last_name(call.func) == function.node.name for call in nodes_of(ast.Call, *wanted))


def _written(function: Documented, every: Sequence[_Step], shown: Sequence[_Step]) -> list[Template] | None:
    """The statements that are shown, by what all imports bind; None if a name is unknown."""
    known = {name: f"⟨{function.module}:{name}⟩" for name in function.names}
    for current in every:
        imported = _imported_names(current.tree)
        if imported is None:
            return None
        known.update(imported)
    local = frozenset[str]().union(*(_stored_names(current.tree) for current in shown))
    templates = [_name_template(current.code, known, local) for current in shown]
    return [template for template in templates if template is not None] if None not in templates else None


def _used_names(tree: ast.AST) -> frozenset[str]:
    """All names that the tree reads or binds."""
    return frozenset(used(tree) | {function.name for function in functions_in(tree)})


def _stored_names(tree: ast.AST) -> frozenset[str]:
    """The names that the tree binds, including functions, classes and parameters, but not imports."""
    inside = {node.name for node in ast.walk(tree) if isinstance(node, Function | ast.ClassDef)}
    return frozenset(stored(tree) | inside | {parameter.arg for parameter in nodes_of(ast.arg, tree)})


def _imported_names(tree: ast.Module) -> dict[str, Template] | None:
    """What the import statements of an example bind; None if one of them cannot be expressed as a single name."""
    nodes = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    bindings = [binding for node in nodes for binding in imported(node)]
    is_plain = all(
        binding.name in {binding.alias, binding.member, binding.module} and binding.module[0] != "."
        for binding in bindings
    )
    if not is_plain or any(alias.name == "*" for node in nodes for alias in node.names):
        return None
    return {binding.name: f"⟨{binding.module}:{binding.member or ''}⟩" for binding in bindings}


def _name_template(code: str, known: Mapping[str, Template], local: frozenset[str]) -> Template | None:
    """`code` with its free names as given by `known`; None if one is unknown."""
    text = Text(code)
    names = [node for node in nodes_of(ast.Name, text.tree) if node.id not in local]
    if any(node.id not in known and not hasattr(builtins, node.id) for node in names):
        return None
    return text.replaced((span(node), known.get(node.id, node.id)) for node in names)


def _exception_named(function: Documented, name: str) -> Template | None:
    """The exception class that a docstring names; None if it is unclear which one."""
    last = name.rpartition(".")[2]
    if last in function.names:
        return f"⟨{function.module}:{last}⟩"
    builtin = getattr(builtins, last, None)
    return last if isinstance(builtin, type) and issubclass(builtin, Exception) else None
