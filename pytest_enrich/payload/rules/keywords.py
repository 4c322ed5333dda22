"""What a function takes by `**kwargs`: what it looks up in them, and what it hands on to other functions."""

from __future__ import annotations

import ast
import inspect
import itertools
import keyword
from collections.abc import Iterator, Mapping
from typing import Any

from . import rule
from .body import copied, function_of, is_bound, is_inherited, lookup, nodes, owner_of, remembered, signed

BY_NAME = {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}
FOLLOWED = 4
"""How many calls deep arguments that are handed on are followed."""


@remembered(512)
def taken(function: object) -> tuple[inspect.Parameter, ...]:
    """What a function takes from its `**kwargs`, as parameters; one whose default is no literal has None."""
    found = {parameter.name: parameter for parameter in _looked_up(function)}
    return (*found.values(), *(given for name, (_, given) in handed_on(function).items() if name not in found))


@rule("taken from keywords")
def _looked_up(function: object) -> Iterator[inspect.Parameter]:
    """What it looks up in them by name."""
    held = held_by(function)
    defaults: dict[str, ast.expr | None] = {}
    for found in filter(None, map(lookup, nodes(function) if held else ())):
        if found.holder in held and found.key.isidentifier() and not keyword.iskeyword(found.key):
            defaults[found.key] = defaults.get(found.key) or found.default
    for name, default in defaults.items():
        yield inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=_literal(default, function))


@remembered(512)
def handed_on(function: object) -> Mapping[str, tuple[object, inspect.Parameter]]:
    """What a function takes only to hand it on by `**kwargs`: by name, who takes it in the end, and the parameter.

    Only functions and classes of the same project count, and the first that takes it by its name.
    """
    own = signed(function) if held_by(function) else {}
    found: dict[str, tuple[object, inspect.Parameter]] = {}
    for taker, given in _handed_on(function, FOLLOWED):
        if given.name not in own:
            found.setdefault(given.name, (taker, given))
    return found


@rule("keywords handed on")
@remembered(512)
def _handed_on(function: object, deeper: int) -> tuple[tuple[object, inspect.Parameter], ...]:
    calls = (_taken_by(call, function, deeper, unpacked=unpacked) for call, unpacked in _handing(function))
    return tuple(itertools.chain.from_iterable(calls))


def _handing(function: object) -> Iterator[tuple[ast.Call, bool]]:
    """The calls that are given all that a function's `**kwargs` holds, and whether as keyword arguments again."""
    held = held_by(function)
    for node in nodes(function) if held else ():
        if isinstance(node, ast.Call):
            unpacked = {getattr(given.value, "id", "") for given in node.keywords if given.arg is None}
            whole = {getattr(value, "id", "") for value in (*node.args, *(given.value for given in node.keywords))}
            yield from [(node, not unpacked.isdisjoint(held))] if (unpacked | whole) & held else []


def _taken_by(
    call: ast.Call, function: object, deeper: int, *, unpacked: bool
) -> Iterator[tuple[object, inspect.Parameter]]:
    """What the function that a call is of takes by name, without what the call passes itself."""
    if not deeper or (taker := taker_of(call.func, function)) is None:
        return
    is_whole = not any(isinstance(argument, ast.Starred) for argument in call.args)
    placed = len(call.args) if is_whole else 0
    declared = [*signed(taker).values()][is_bound(call.func, function) :]
    given = {each.arg for each in call.keywords} | {each.name for each in declared[:placed]}
    for parameter in declared[placed:] if unpacked else ():
        # What is required may come with the positional arguments, if nobody can count these.
        is_sure = is_whole or parameter.default is not parameter.empty
        if parameter.kind in BY_NAME and parameter.name not in given and is_sure:
            yield taker, parameter.replace(kind=parameter.KEYWORD_ONLY)
    maker = maker_of(taker)
    yield from (pair for pair in _handed_on(maker, deeper - 1) if pair[1].name not in given)
    yield from ((maker, parameter) for parameter in _looked_up(maker) if parameter.name not in given)


def is_open(function: object, deeper: int = FOLLOWED) -> bool:
    """Whether a function may take keyword arguments of any name, as far as its source tells."""
    if not held_by(function):
        return False
    calls = (call for call, unpacked in _handing(function) if unpacked and deeper)
    takers = [taker_of(call.func, function) for call in calls]
    strict = (taker for taker in takers if taker is not None and not is_open(maker_of(taker), deeper - 1))
    return not any(signed(taker) for taker in strict)


def taker_of(node: ast.expr, function: object) -> Any:
    """The function or class of the same project, or the method of the class above, that a call is of; or None."""
    if is_inherited(node):
        return _above(owner_of(function), node.attr)  # type: ignore[attr-defined]
    name = getattr(node, "id", "")
    named = getattr(function, "__globals__", {}).get(name) if name != "cls" else owner_of(function)
    # Even asking another object, such as a proxy, for its class may run code.
    taker = named if issubclass(type(named), type) else function_of(node, function)
    homes = {str(getattr(each, "__module__", "")).partition(".")[0] for each in (taker, function)}
    return taker if len(homes) == 1 and taker is not function else None


def _above(owner: object, name: str) -> object:
    """The method of that name that a class inherits."""
    above = (vars(cls)[name] for cls in getattr(owner, "__mro__", ())[1:-1] if name in vars(cls))
    return next((method for method in above if inspect.isfunction(method)), None)


def maker_of(taker: Any) -> object:
    """The function that takes the arguments of a call: of a class, its own or inherited constructor."""
    maker = getattr(taker, "__init__", None) if isinstance(taker, type) else taker
    return maker if inspect.isfunction(maker) else taker


def held_by(function: object) -> frozenset[str]:
    """The name of the parameter that holds all other keyword arguments; empty where there is none."""
    # What has no source may be anything, such as a proxy that raises when it is asked for its signature.
    declared = signed(function).values() if nodes(function) else ()
    return frozenset(p.name for p in declared if p.kind is p.VAR_KEYWORD)


def named_nodes(function: object) -> tuple[ast.AST, ...]:
    """All nodes of a function's source, with plain names for what it takes from its `**kwargs`."""
    names = frozenset(parameter.name for parameter in taken(function))
    if not names:
        return nodes(function)
    return tuple(ast.walk(_Named(held_by(function), names).visit(copied(nodes(function)[0]))))


class _Named(ast.NodeTransformer):
    """Replaces what is `taken` from variables that are `held` by plain names."""

    def __init__(self, held: frozenset[str], taken: frozenset[str]) -> None:
        self._held, self._taken = held, taken

    def visit(self, node: ast.AST) -> ast.AST:
        """Replace a node, or what is inside it."""
        found = lookup(node)
        if found is not None and found.holder in self._held and found.key in self._taken:
            return ast.copy_location(ast.Name(found.key, ast.Load()), node)
        return self.generic_visit(node)


def _literal(default: ast.expr | None, function: object) -> object:
    """The value of a default, also of a name in the module; None for any other."""
    if isinstance(default, ast.Name):
        return getattr(inspect.unwrap(function), "__globals__", {}).get(default.id)  # type: ignore[arg-type]
    try:
        return ast.literal_eval(default) if default is not None else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def default_values(function: object) -> dict[str, object]:
    """The defaults of a function's parameters, as they are at run time."""
    declared = (*signed(function).values(), *taken(function))
    return {p.name: p.default for p in declared if p.default is not p.empty}
