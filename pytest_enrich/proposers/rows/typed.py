"""The options of commands that are made of a function's parameters, as typer makes them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytest_enrich.proposers.rows.names import Function, last
from pytest_enrich.proposers.rows.options import NUMBERS, Option

COMMANDS = {"command", "callback"}
OPTION, ARGUMENT = "Option", "Argument"


def declared(tree: ast.Module) -> Iterator[Option]:
    """Those of all commands of a module that imports typer."""
    nodes = list(ast.walk(tree))
    named = (one.name for node in nodes if isinstance(node, ast.Import) for one in node.names)
    modules = [node.module for node in nodes if isinstance(node, ast.ImportFrom)]
    if "typer" not in {*named, *modules}:
        return
    for node in nodes:
        if isinstance(node, Function) and any(map(_commands, node.decorator_list)):
            yield from (option for one in _parameters(node) if (option := _option(*one)) is not None)


def _commands(decorator: ast.expr) -> bool:
    return last(decorator.func if isinstance(decorator, ast.Call) else decorator) in COMMANDS


def _parameters(function: Function) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Each with its default."""
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    lacking: list[ast.expr | None] = [None] * (len(plain) - len(given.defaults))
    yield from zip(plain, [*lacking, *given.defaults], strict=True)
    yield from zip(given.kwonlyargs, given.kw_defaults, strict=True)


def _option(parameter: ast.arg, default: ast.expr | None) -> Option | None:
    """The option that a parameter becomes; None for an argument, which is a word without a name."""
    hint = parameter.annotation
    told = [one for one in (*_annotations(hint), default) if isinstance(one, ast.Call)]
    kinds = {last(one.func) for one in told}
    if ARGUMENT in kinds or (default is None and OPTION not in kinds):
        return None
    spelled = [word for one in told for word in _spelled(one)] or [f"--{parameter.arg.replace('_', '-')}"]
    names = {one.id for one in ast.walk(hint or parameter) if isinstance(one, ast.Name)}
    if "bool" in names:
        return Option(max(spelled, key=len), 0)
    choices = next((NUMBERS[name] for name in sorted(names) if name in NUMBERS), ())
    return Option(max(spelled, key=len), 1, choices)


def _annotations(hint: ast.expr | None) -> list[ast.expr]:
    """What stands beside the type in `Annotated[int, typer.Option()]`."""
    is_annotated = isinstance(hint, ast.Subscript) and last(hint.value) == "Annotated"
    held = hint.slice if is_annotated else None  # type: ignore[union-attr]
    return held.elts[1:] if isinstance(held, ast.Tuple) else []


def _spelled(call: ast.Call) -> Iterator[str]:
    """The names of an option, its first of several."""
    texts = (one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str))
    yield from (text.split("/")[0].strip() for text in texts if text.startswith("--"))
