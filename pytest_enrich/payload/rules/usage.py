"""What a function does with its parameters, and what that tells of their types."""

from __future__ import annotations

import ast
import functools
import inspect
import sys
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, NamedTuple

from . import rule
from .body import code_of, copied, function_of, is_bound, nodes, owner_of, remembered, signed
from .clues import ASKS, SUGGESTS, names_of
from .files import DIRECTORY, FILE
from .types import with_all, with_several

FOLLOWED = 4
"""Methods of what holds something."""
FEWEST_LETTERS, MOST_CALLED_SO = 4, 2
"""Of a parameter that a class may be called as; and so many classes are tried."""
CALLED_SO = "class of its name"
EACH, MOST_KINDS = "each of several", 3
"""The rule, and so many types that each may be of; of more nobody knows."""
THROUGH = {"listdir", "os.walk", "scandir", "makedirs", "mkdir", "rmtree", "copytree"}
OPERATORS: Mapping[type[ast.operator], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
}  # fmt: skip


class Use(NamedTuple):
    """The types that a body asks for by name or by a call (`stated`), and those that its way of using suggests.

    `rules` are pairs of a rule and a type that it gave.
    """

    stated: frozenset[Any] = frozenset()
    suggested: frozenset[Any] = frozenset()
    rules: frozenset[tuple[str, Any]] = frozenset()

    def __or__(self, other: Use) -> Use:
        """Both together."""
        return Use(self.stated | other.stated, self.suggested | other.suggested, self.rules | other.rules)


NO_USE = Use()


def asks_for(name: str, kinds: Iterable[Any]) -> Use:
    """That a rule found these types asked for."""
    stated = frozenset(kinds)
    return Use(stated=stated, rules=frozenset((name, kind) for kind in stated))


def suggests(name: str, kinds: Iterable[Any]) -> Use:
    """That a rule found these types suggested."""
    suggested = frozenset(kinds)
    return Use(suggested=suggested, rules=frozenset((name, kind) for kind in suggested))


@remembered(2048)
def of(function: object, followed: int = FOLLOWED) -> dict[str, Use]:
    """For each parameter that the body uses in a telling way, what it may be."""
    return _uses(nodes(function), function, followed)


def places(function: object) -> dict[str, str]:
    """The parameters that the body opens as files, takes for paths, or goes through as directories, and which."""
    calls = [node for node in nodes(function) if isinstance(node, ast.Call) and node.args]
    named = ((node.args[0].id, _place(node.func)) for node in calls if isinstance(node.args[0], ast.Name))
    return {name: place for name, place in named if place}


def _place(called: ast.expr) -> str:
    names = names_of(called)
    return DIRECTORY if not THROUGH.isdisjoint(names) else FILE if names == ("open",) or "Path" in names else ""


def refuses(function: object) -> bool:
    """Whether a function itself raises `TypeError`, or an error that is one."""
    raised = (one.exc for one in nodes(function) if isinstance(one, ast.Raise))
    named = (one.func if isinstance(one, ast.Call) else one for one in raised)
    known = {"TypeError": TypeError, **getattr(inspect.unwrap(function), "__globals__", {})}  # type: ignore[arg-type]
    kinds: Iterator[Any] = (known.get(one.id) for one in named if isinstance(one, ast.Name))
    return any(issubclass(type(kind), type) and issubclass(kind, TypeError) for kind in kinds)


@functools.lru_cache(maxsize=256)
def kept(owner: type) -> dict[str, Use]:
    """What a class's methods do with the parameters that its constructor keeps in attributes."""
    stored = dict(pair for node in nodes(vars(owner).get("__init__")) for pair in _keeps(node))
    found: dict[str, Use] = {}
    for method in vars(owner).values() if stored else ():
        tree = _Unfolded(stored).visit(copied((*nodes(method), ast.Module([], []))[0]))
        for name, use in _uses(tuple(ast.walk(tree)), method, 0).items():
            if name in stored.values():
                rules = frozenset(("kept in an attribute", kind) for kind in use.stated | use.suggested)
                found[name] = found.get(name, NO_USE) | use._replace(rules=use.rules | rules)
    return found


@functools.lru_cache(maxsize=256)
def looked_up(function: object) -> dict[str, tuple[str, ...]]:
    """By variable the keys that a function asks of it."""
    return _by_name(pair for node in nodes(function) for pair in _keys(node))


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """By the first of two what stands second, each once."""
    found: dict[str, dict[str, None]] = {}
    for name, told in pairs:
        found.setdefault(name, {})[told] = None
    return {name: tuple(told) for name, told in found.items()}


@functools.lru_cache(maxsize=256)
def looked_at(function: object) -> dict[str, tuple[str, ...]]:
    """By variable the attributes that a function reads of it, without those that it calls."""
    called = {node.func for node in nodes(function) if isinstance(node, ast.Call)}
    read = (node for node in nodes(function) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load))
    return _by_name(
        (node.value.id, node.attr) for node in read if isinstance(node.value, ast.Name) and node not in called
    )


@rule("keys looked up")
def _keys(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The variable and the key in `variable.get("key")` and `variable["key"]`."""
    match node:
        case ast.Call(ast.Attribute(ast.Name(name), "get"), [ast.Constant(str(key)), *_]) | ast.Subscript(
            ast.Name(name), ast.Constant(str(key))
        ):
            yield name, key


@rule("kept in an attribute")
def _keeps(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The attribute's name and the parameter's in `self.name = parameter`. Alone: 6 of 120."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
        for target in node.targets:
            if isinstance(target, ast.Attribute) and getattr(target.value, "id", "") == "self":
                yield target.attr, node.value.id


class _Unfolded(ast.NodeTransformer):
    """Puts the parameters in the place of the attributes that they are kept in."""

    def __init__(self, stored: Mapping[str, str]) -> None:
        self._stored = stored

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """`self.name`, and what is taken of it."""
        node.value = self.visit(node.value)
        is_kept = getattr(node.value, "id", "") == "self" and node.attr in self._stored
        return ast.Name(self._stored[node.attr], ast.Load()) if is_kept else node


def _uses(of_nodes: Sequence[ast.AST], function: object, followed: int) -> dict[str, Use]:
    found: dict[str, Use] = {}
    attributes: dict[str, set[str]] = {}
    for node in of_nodes:
        # An attribute that is only set says nothing of what it is set on.
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name):
            attributes.setdefault(node.value.id, set()).add(node.attr)
        for name, use in _told(node, function, followed):
            found[name] = found.get(name, NO_USE) | use
    for name in _parameters(of_nodes):
        if kinds := [*_called_so(name, function)]:
            found[name] = found.get(name, NO_USE) | suggests(CALLED_SO, kinds)
    classes = _classes_beside(function) if attributes else ()
    for name, wanted in attributes.items():
        fitting = [*_with_all(wanted)]
        use = suggests("attributes", fitting) if fitting else asks_for("some attributes", _with_several(wanted))
        own = asks_for("attributes of a class", _having_all(wanted, classes, owner_of(function)))
        found[name] = found.get(name, NO_USE) | use | own
    for name, lists in _of_several(of_nodes, found, function):
        found[name] = found.get(name, NO_USE) | suggests(EACH, lists)
    return found


@rule(EACH)
def _of_several(
    of_nodes: Sequence[ast.AST], found: Mapping[str, Use], function: object
) -> Iterator[tuple[str, set[Any]]]:
    """What each is of the things that are gone through: `for node in nodes`, as it is used there, or called."""
    for node in of_nodes:
        if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            name, one = getattr(node.iter, "id", ""), getattr(node.target, "id", "")
            use = found.get(one, NO_USE)
            kinds = use.stated | use.suggested or {*_called_so(one, function)}
            if name and 0 < len(kinds) <= MOST_KINDS:
                yield name, {list.__class_getitem__(kind) for kind in kinds}


def alike(use: Use) -> frozenset[Any]:
    """The classes that only the name tells."""
    return frozenset(kind for rule, kind in use.rules if rule == CALLED_SO)


def each(use: Use) -> Use:
    """What each is of what is used so."""
    return suggests(EACH, (typing.get_args(kind)[0] for rule, kind in use.rules if rule == EACH))


def _parameters(of_nodes: Sequence[ast.AST]) -> list[str]:
    """The names of what the outermost function of a tree takes."""
    made = next((node for node in of_nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)), None)
    return [one.arg for one in (*made.args.args, *made.args.kwonlyargs)] if made is not None else []


@rule(CALLED_SO)
def _called_so(name: str, function: object) -> Iterator[type]:
    """A class of the project that is called as the parameter, or ends so, or is its last word.

    `engine` is a `RuleEngine`, and `parent_node` a `Node`.
    """
    wanted, module = name.strip("_").replace("_", "").lower(), str(getattr(function, "__module__", ""))
    last = name.rpartition("_")[2].lower()
    if len(wanted) >= FEWEST_LETTERS:
        parts = (module.rpartition(".")[0] or module).split(".")
        near, *above = (_classes_of(".".join(parts[:size]), len(sys.modules)) for size in range(len(parts), 0, -1))
        ways = [(near, is_so) for is_so in (wanted.__eq__, lambda called: called.endswith(wanted), last.__eq__)]
        # Further away what only ends so may be anything.
        ways += [(known, is_so) for known in above for is_so in (wanted.__eq__, last.__eq__)]
        every = ([kind for called, kind in known if is_so(called)] for known, is_so in ways)
        yield from next(filter(None, every), [])[:MOST_CALLED_SO]


@functools.lru_cache(maxsize=16)
def _classes_of(package: str, _modules: int) -> tuple[tuple[str, type], ...]:
    """The public classes of a package, as far as it is imported: their names in small letters, and they."""
    within = f"{package}."
    loaded = [(name, one) for name, one in [*sys.modules.items()] if issubclass(type(one), ModuleType)]
    near = (one for name, one in loaded if f"{name}.".startswith(within))
    held = (one for module in near for one in [*vars(module).values()] if issubclass(type(one), type))
    own = {id(one): one for one in held if f"{getattr(one, '__module__', '')}.".startswith(within)}
    named = ((one.__name__.lower(), one) for one in own.values() if one.__name__[:1] != "_")
    return tuple(sorted(named, key=lambda pair: (pair[0], pair[1].__module__)))


@rule("attributes")
def _with_all(wanted: set[str]) -> Iterable[Any]:
    """The standard types that have all attributes that are used of a variable. Alone: 12 of 120."""
    return with_all(wanted)


@rule("attributes of a class")
def _having_all(wanted: set[str], classes: Iterable[type], owner: object) -> Iterator[type]:
    """Those of the classes of which an object has all the attributes.

    Of a class and those made from it, only that one. A single attribute tells no class but the function's owner.
    """
    telling = {name for name in wanted if not name.startswith("__")}
    asked = [one for one in classes if telling and (one is owner or len(telling) > 1)]
    fitting = [one for one in asked if telling <= _attributes(one)]
    yield from (one for one in fitting if not any(one is not it and it in one.__mro__ for it in fitting))


def _classes_beside(function: object) -> Iterable[type]:
    """The classes of the project that a function's module knows, its own one first."""
    names = getattr(inspect.unwrap(function), "__globals__", {})  # type: ignore[arg-type]
    return {id(one): one for one in (owner_of(function), *names.values()) if _is_beside(one, function)}.values()


def _is_beside(held: Any, function: object) -> bool:
    """Whether it is a class of the same project; of a proxy even the question of its class may do something."""
    kind = type(held)
    if not issubclass(kind, type) or kind.__hash__ is None:
        return False
    of_project = (str(getattr(one, "__module__", "")).partition(".")[0] for one in (held, function))
    return len({*of_project}) == 1


@functools.lru_cache(maxsize=512)
def _attributes(kind: type) -> frozenset[str]:
    """What an object of a class has, as far as the class tells, and what its constructor sets."""
    maker = nodes(vars(kind).get("__init__"))
    stored = (node.attr for node in maker if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
    above = (_attributes(base) for base in kind.__bases__ if base is not object)
    declared = vars(kind).get("__annotations__")  # of a class of classes that is none of this one
    return frozenset({*dir(kind), *stored}).union(declared if isinstance(declared, dict) else (), *above)


@rule("some attributes")
def _with_several(wanted: set[str]) -> Iterable[Any]:
    """The standard types that have several of them where none has all: other branches are for other types."""
    return with_several(wanted)


def _told(node: ast.AST, function: object, followed: int) -> Iterator[tuple[str, Use]]:
    """What one node says of the names in it."""
    for known, proposing in ASKS.items():
        yield from ((name, asks_for(known, kinds)) for name, kinds in proposing(node, function))
    for known, proposing in SUGGESTS.items():
        yield from ((name, suggests(known, kinds)) for name, kinds in proposing(node, function))
    if isinstance(node, ast.Call) and followed:
        for name, use in _passed_on(node, function, followed - 1):
            # What a parameter is called says nothing of another one.
            stated, suggested = use.stated - {type(None)}, use.suggested - alike(use)
            rules = frozenset(("passed on", kind) for kind in stated | suggested)
            others = frozenset((rule, kind) for rule, kind in use.rules if rule != CALLED_SO)
            yield name, Use(stated, suggested, others | rules)
    if isinstance(node, ast.BinOp) and followed:
        for name, kinds in _beside_self(node, function, followed - 1):
            yield name, asks_for("operand of its own object", kinds)


@rule("operand of its own object")
def _beside_self(node: ast.BinOp, function: object, followed: int) -> Iterator[tuple[str, set[Any]]]:
    """`a + self`: what the operators of the object's class take."""
    owner, word = owner_of(function), OPERATORS.get(type(node.op), "")
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if not (isinstance(one, ast.Name) and isinstance(other, ast.Name) and other.id == "self" and word):
            continue
        for name in (f"__{word}__", f"__r{word}__"):
            method = getattr(owner, name, None)
            if inspect.isfunction(method) and code_of(method) is not code_of(function):
                used = of(method, followed).get((*signed(method), "", "")[1], NO_USE)
                yield one.id, {kind for kind in used.stated | used.suggested if kind is not owner}


@rule("passed on")
def _passed_on(node: ast.Call, function: object, followed: int) -> Iterator[tuple[str, Use]]:
    """What another function of the project does with an argument that is passed on to it. Alone: 7 of 120."""
    plain = [(at, part.id) for at, part in enumerate(node.args) if isinstance(part, ast.Name)]
    named = [(part.arg, part.value.id) for part in node.keywords if isinstance(part.value, ast.Name)]
    called = function_of(node.func, function) if plain or named else None
    if called is None or called is function or inspect.unwrap(called).__code__ is code_of(function):
        return
    if called.__module__.partition(".")[0] in sys.stdlib_module_names:  # what it asks is about anything
        return
    order = [*signed(called)]
    if is_bound(node.func, function) and order[:1] in (["self"], ["cls"]):
        order = order[1:]
    used = of(called, followed)
    for at, name in plain:
        if at < len(order):
            yield name, used.get(order[at], NO_USE)
    for parameter, name in named:
        yield name, used.get(str(parameter), NO_USE)
