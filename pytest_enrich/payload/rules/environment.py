"""What code asks its surroundings for: variables of the environment, the user, the command line."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from types import FunctionType, ModuleType
from typing import Any

from . import rule
from .body import asked_by, code_of, nodes
from .clues import names_of

USUAL = ("'1'", "'abc'")
"""What people set a variable to: a flag that is only there or counts as true, and a text."""
ANSWERS = ("'y'", "'n'", "'abc'", "''")
"""What people answer."""
INPUT, ENVIRON, ARGV = "builtins.input", "environ", "sys.argv"
PROGRAM = "prog"
PARSING = {"parse_args", "parse_known_args"}
ASKING = {"environ", "getenv", "input", "argv", *PARSING}
"""Code without any of these names asks for nothing: looking at its names is faster than reading its source."""
MOST_COMPARED, MOST = 3, 18
NEVER = {"TYPE_CHECKING"}
"""A switch that is never on when code runs."""


@rule("environment")
def asked(module: ModuleType, function: object) -> Iterator[tuple[str, str]]:
    """Names of variables, or the dotted name of what is called, each with a template of what to put there.

    Without them, nobody sees what `if os.environ.get("DEBUG"):` leads to, or an answer to `input()`.
    What the function itself asks for comes first.
    """
    own = (value for value in vars(module).values() if _is_own(value, module))
    others = (part for value in list(own) for part in _functions(value))
    functions = [function, *others]
    asking = [part for part in functions if not ASKING.isdisjoint(asked_by(code_of(part)))]
    pairs = [pair for part in asking for pair in _read(nodes(part), module)]
    # The function that starts a program may not be the one that makes its parser, with the options.
    options = _options(functions) if (ARGV, "") in pairs else ()
    lines = [(ARGV, repr([PROGRAM, *words])) for words in options]
    switched = _switched(module, functions)
    yield from list(dict.fromkeys([*lines, *(pair for pair in pairs if pair[0] != ARGV), *switched]))[:MOST]


@rule("module switches")
def _switched(module: ModuleType, functions: Iterable[object]) -> Iterator[tuple[str, str]]:
    """What the module found out when it was imported, the other way round: `HAS_LXML` off, where it is there."""
    known = {name: value for name, value in vars(module).items() if type(value) is bool and name not in NEVER}
    for function in functions:
        used = known.keys() & {*asked_by(code_of(function))}
        tests = (node.test for node in (nodes(function) if used else ()) if isinstance(node, ast.If | ast.IfExp))
        names = (part.id for test in tests for part in ast.walk(test) if isinstance(part, ast.Name))
        yield from ((f"{module.__name__}.{name}", repr(not known[name])) for name in names if name in used)


def _options(functions: Iterable[object]) -> Iterator[Sequence[str]]:
    """Command lines: nothing, a word for what has to be there, and each option, alone or with a word behind it."""
    adding = (function for function in functions if "add_argument" in asked_by(code_of(function)))
    calls = [node for function in adding for node in nodes(function) if isinstance(node, ast.Call)]
    added = [call for call in calls if names_of(call.func)[0] == "add_argument" and call.args]
    named = [str(call.args[-1].value) for call in added if isinstance(call.args[-1], ast.Constant)]
    needed = ["abc" for name in named if name[:1] != "-"]
    yield from ([], needed)
    yield from ([name, *words, *needed] for name in named if name[:1] == "-" for words in ([], ["abc"], ["1"]))
    yield from [] if added else (["abc"], ["abc", "1"])


def _is_own(held: Any, module: ModuleType) -> bool:
    # Even asking a proxy for its class may run code.
    return issubclass(type(held), FunctionType | type) and held.__module__ == module.__name__


def _functions(held: object) -> Iterable[object]:
    """A function itself, the methods of a class."""
    if not issubclass(type(held), type):
        return [held]
    return [part for part in vars(held).values() if type(part) is FunctionType]


def _read(own: Sequence[ast.AST], module: ModuleType) -> Iterator[tuple[str, str]]:
    names = dict.fromkeys(name for node in own for name in _name(node, module))
    compared = [text for node in own if names and isinstance(node, ast.Compare) for text in _texts(node)]
    likely = [text for text in dict.fromkeys(compared) if text not in map(repr, names)][:MOST_COMPARED]
    answers = [f"lambda *_: {text}" for text in (*likely, *ANSWERS)]
    for name in names:
        values = [""] if name == ARGV else answers if name == INPUT else [*likely, *USUAL]
        yield from ((name, text) for text in values)


def _name(node: ast.AST, module: ModuleType) -> Iterator[str]:
    """What is asked for here: a variable, what the user says, or how the program was started."""
    match node:
        case ast.Attribute(ast.Name("sys"), "argv"):
            yield ARGV
        case ast.Call(ast.Attribute(_, attr), [], []) if attr in PARSING:
            yield ARGV
        case ast.Call(ast.Attribute(holder, "get"), [key, *_]) | ast.Subscript(holder, key) if ENVIRON in names_of(
            holder
        ):
            yield from _text(key, module)
        case ast.Call(ast.Attribute(_, "getenv") | ast.Name("getenv"), [key, *_]):
            yield from _text(key, module)
        case ast.Call(ast.Name("input")) if not hasattr(module, "input"):
            yield INPUT
        case ast.Compare(key, [ast.In() | ast.NotIn()], [holder]) if ENVIRON in names_of(holder):
            yield from _text(key, module)


def _text(node: ast.expr, module: ModuleType) -> Iterator[str]:
    """The text that a constant is, or a name of the module stands for."""
    value = node.value if isinstance(node, ast.Constant) else vars(module).get(getattr(node, "id", ""))
    if isinstance(value, str) and value.isidentifier():
        yield value


def _texts(node: ast.Compare) -> Iterator[str]:
    """The texts that something is compared with."""
    parts = (part for operand in (node.left, *node.comparators) for part in ast.walk(operand))
    yield from (
        repr(part.value) for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )
