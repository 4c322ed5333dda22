"""The options that commands take, as click and argparse declare them, and as typer makes them of parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from pytest_enrich.writing.syntax import Function, functions_in, last_name, nodes_of, texts

DECLARING = {"option", "add_argument"}
"""Functions that say of a command which options it takes: of click, of argparse, of what is made as they are."""
FLAGS = {"store_true", "store_false", "store_const", "count"}
NUMBERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("int", "INT", "IntRange"), ("1", "0", "100")),
    **dict.fromkeys(("float", "FLOAT", "FloatRange"), ("0.5", "0")),
}
"""By the type of an option."""
COMMANDS = {"command", "callback"}
OPTION, ARGUMENT = "Option", "Argument"


class Option(Struct, frozen=True):
    """An option of a command: how it is written, how many words it takes, what they may be (any, when empty)."""

    text: str
    words: int
    choices: tuple[str, ...] = ()


def declared(tree: ast.Module) -> Iterator[Option]:
    """All options of a module's commands: those that it spells out, in the order of its text, and typer's."""
    yield from filter(None, map(_spelled_out, nodes_of(ast.Call, tree)))
    names = [alias.name for node in nodes_of(ast.Import, tree) for alias in node.names]
    if "typer" in {*names, *(node.module for node in nodes_of(ast.ImportFrom, tree))}:
        commands = (node for node in functions_in(tree) if any(map(_makes_command, node.decorator_list)))
        pairs = (pair for command in commands for pair in _parameters(command))
        yield from filter(None, (_of_parameter(*pair) for pair in pairs))


def _spelled_out(call: ast.Call) -> Option | None:
    """The option that a call declares, None where it declares none."""
    if last_name(call.func) not in DECLARING:
        return None
    names = [*texts(call.args)]
    spelled = [word for name in names for word in name.split("/") if word[:1] == "-"]
    if not spelled:
        return None
    is_switch = any("/" in name for name in names)
    words, choices = _taken({keyword.arg: keyword.value for keyword in call.keywords})
    return Option(max(spelled, key=len), *((0, ()) if is_switch else (words, choices)))


def _taken(keywords: Mapping[str | None, ast.expr]) -> tuple[int, tuple[str, ...]]:
    """How many words an option takes, and which."""
    flag, action, number = (getattr(keywords.get(name), "value", None) for name in ("is_flag", "action", "nargs"))
    if flag is True or action in FLAGS:
        return 0, ()
    choices = (*_choices(keywords.get("choices")), *_choices(keywords.get("type")))
    return number if isinstance(number, int) and number > 0 else 1, choices


def _choices(node: ast.expr | None) -> Iterable[str]:
    """The texts of a list of choices, inside of `click.Choice(...)`, too; for a number a few."""
    kind = last_name(node.func if isinstance(node, ast.Call) else node)
    if kind in NUMBERS:
        return NUMBERS[kind]
    inner = node.args[0] if isinstance(node, ast.Call) and node.args else node
    return texts(inner.elts) if isinstance(inner, ast.List | ast.Tuple) else ()


def _makes_command(decorator: ast.expr) -> bool:
    return last_name(decorator.func if isinstance(decorator, ast.Call) else decorator) in COMMANDS


def _parameters(function: Function) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Each with its default."""
    parameters = function.args
    positional = [*parameters.posonlyargs, *parameters.args]
    lacking: list[ast.expr | None] = [None] * (len(positional) - len(parameters.defaults))
    yield from zip(positional, [*lacking, *parameters.defaults], strict=True)
    yield from zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)


def _of_parameter(parameter: ast.arg, default: ast.expr | None) -> Option | None:
    """The option that a parameter becomes; None for an argument, which is a word without a name."""
    hint = parameter.annotation
    declaring = [node for node in (*_metadata(hint), default) if isinstance(node, ast.Call)]
    kinds = {last_name(call.func) for call in declaring}
    if ARGUMENT in kinds or (default is None and OPTION not in kinds):
        return None
    names = (text for call in declaring for text in texts(call.args) if text.startswith("--"))
    spelled = [name.split("/")[0].strip() for name in names] or [f"--{parameter.arg.replace('_', '-')}"]
    types = {node.id for node in nodes_of(ast.Name, hint or parameter)}
    if "bool" in types:
        return Option(max(spelled, key=len), 0)
    choices = next((NUMBERS[name] for name in sorted(types) if name in NUMBERS), ())
    return Option(max(spelled, key=len), 1, choices)


def _metadata(hint: ast.expr | None) -> list[ast.expr]:
    """What stands beside the type in `Annotated[int, typer.Option()]`."""
    is_annotated = isinstance(hint, ast.Subscript) and last_name(hint.value) == "Annotated"
    held = hint.slice if is_annotated else None  # type: ignore[union-attr]
    return held.elts[1:] if isinstance(held, ast.Tuple) else []
