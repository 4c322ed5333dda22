"""Clues: what one piece of code says, by itself, of the variables in it."""

from __future__ import annotations

import ast
import collections.abc
import contextlib
import functools
import inspect
import sys
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import FunctionType, ModuleType
from typing import Any, NamedTuple, TypeAlias

from ..rules.body import code_of, copied, default_values, function_of, is_bound, nodes, owner_of
from ..rules.files import DIRECTORY, FILE
from . import rule
from .types import ALIKE, ANY_NUMBER, GENERIC, TAKING, Dataclass, holders, with_all, with_several

TEXTUAL = {"match", "fullmatch", "search", "finditer", "findall", "sub", "split"}
FOLLOWED = 4
PAIR = 2
OF_BOTH = {"fields", "is_dataclass"}
NAMES_OF_CLASSES = {"cls", "klass", "class_"}
KEEPING = {"add", "append", "insert", "put", "setdefault"}
"""Methods of what holds something."""
FEWEST_LETTERS, MOST_CALLED_SO = 4, 2
"""Of a parameter that a class may be called as; and so many classes are tried."""
THROUGH = {"listdir", "os.walk", "scandir", "makedirs", "mkdir", "rmtree", "copytree"}
OPERATORS: Mapping[type[ast.operator], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
}  # fmt: skip
Proposals: TypeAlias = Iterator[tuple[str, Any]]
"""Variables, each with types."""
NodeRule: TypeAlias = Callable[[ast.AST, object], Proposals]
"""What one node of a function says of the variables in it."""
ASKS: dict[str, NodeRule] = {}
"""The rules by which code asks for types by name or by a call."""
SUGGESTS: dict[str, NodeRule] = {}
"""Those by which the way of using a variable suggests types."""


def node_rule(name: str, table: dict[str, NodeRule]) -> Callable[[NodeRule], NodeRule]:
    """Register a rule about nodes."""

    def register(proposing: NodeRule) -> NodeRule:
        table[name] = rule(name)(proposing)
        return proposing

    return register


@node_rule("compared with a constant", ASKS)
def _compared(node: ast.AST, _function: object) -> Proposals:
    """What is compared with a number or a text is most often one as well. Alone: 14 of 120."""
    if not isinstance(node, ast.Compare):
        return
    for left, op, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
        for one, other in ((left, right), (right, left)):
            if not isinstance(one, ast.Name):
                continue
            parts = other.elts if isinstance(other, ast.Tuple | ast.List | ast.Set) else [other]
            values = {type(part.value) for part in parts if isinstance(part, ast.Constant)}
            if isinstance(op, ast.In | ast.NotIn) and one is right:
                yield one.id, {str} if values == {str} else set()
            elif isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) and values == {int}:
                yield one.id, ANY_NUMBER
            else:
                yield one.id, values


@node_rule("called", ASKS)
def _called(node: ast.AST, _function: object) -> Proposals:
    """A parameter that the body calls. Alone: 2 of 120."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield node.func.id, {collections.abc.Callable}


@node_rule("isinstance", ASKS)
def _instance(node: ast.AST, function: object) -> Proposals:
    """`isinstance(a, b)` and `issubclass(a, b)`. Alone: 7 of 120."""
    if (name := _first(node, "isinstance", "issubclass")) and len(node.args) > 1:  # type: ignore[attr-defined]
        kinds = set(_classes(node.args[1], function))  # type: ignore[attr-defined]
        yield name, {type, *(type[kind] for kind in kinds)} if _last(node) == "issubclass" else kinds
        yield from [] if kinds else ((part.id, {type}) for part in _names(node.args[1:]))  # type: ignore[attr-defined]


@node_rule("callable", ASKS)
def _callable(node: ast.AST, _function: object) -> Proposals:
    """`callable(a)`."""
    if name := _first(node, "callable"):
        yield name, {collections.abc.Callable}


@node_rule("beside a class", ASKS)
def _beside_class(node: ast.AST, function: object) -> Proposals:
    """`is_one(a, B)`, of a function of the project that asks whether `a` is one, or a class made from it."""
    if not isinstance(node, ast.Call) or len(node.args) != PAIR or not isinstance(node.args[0], ast.Name):
        return
    called = function_of(node.func, function)
    asked = [one for one in nodes(called) if _first(one, "isinstance", "issubclass")] if called else []
    own = list(inspect.signature(called).parameters) if asked else []
    for one in asked:
        if [getattr(part, "id", "") for part in one.args] == own:  # type: ignore[attr-defined]
            kinds = set(_classes(node.args[1], function))
            yield node.args[0].id, {type, *(type[k] for k in kinds)} if _last(one) == "issubclass" else kinds


@node_rule("condition", SUGGESTS)
def _decides(node: ast.AST, function: object) -> Proposals:
    """What stands alone as a condition is a switch if nothing else tells what it is, a text where None is none."""
    tests = [node.test] if isinstance(node, ast.If | ast.While | ast.IfExp) else []
    parts = node.values if isinstance(node, ast.BoolOp) else tests
    parts = [node.operand] if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) else parts
    defaults = default_values(function) if parts else {}
    yield from ((part.id, {str if defaults.get(part.id, ...) is None else bool}) for part in _names(parts))


@node_rule("dataclass", ASKS)
def _with_fields(node: ast.AST, function: object) -> Proposals:
    """`fields(a)`, `asdict(a)`: a dataclass, or an object of one."""
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Name):
        holder, name = names_of(node.func)[-1].rpartition(".")[::2]
        names = getattr(function, "__globals__", {})
        known = names if not holder else vars(names[holder]) if type(names.get(holder)) is ModuleType else {}
        found = known.get(name)
        called = found if type(found) is FunctionType else None
        if called is not None and called.__module__ == "dataclasses":
            given = node.args[0].id
            kinds = {Dataclass, type[Dataclass]} if called.__name__ in OF_BOTH else {Dataclass}
            yield given, {type[Dataclass]} if given in NAMES_OF_CLASSES else kinds


@node_rule("parameters of a type", ASKS)
def _of_types(node: ast.AST, _function: object) -> Proposals:
    """`a.__args__`, `a.__origin__`: a type as `typing` offers them; `a.__name__`: a class."""
    kinds = {"__name__": {type}, "__args__": {type, GENERIC}, "__origin__": {type, GENERIC}}
    if isinstance(node, ast.Attribute) and node.attr in kinds:
        yield from ((part.id, kinds[node.attr]) for part in _names([node.value]))


@node_rule("hasattr", ASKS)
def _having(node: ast.AST, _function: object) -> Proposals:
    """Standard types that have the attribute that is asked for. Alone: 2 of 120."""
    if (name := _first(node, "hasattr")) and isinstance(node.args[-1], ast.Constant):  # type: ignore[attr-defined]
        yield name, set(holders(str(node.args[-1].value)))  # type: ignore[attr-defined]


def _classes(node: ast.expr, function: object) -> Iterator[type]:
    for part in node.elts if isinstance(node, ast.Tuple | ast.Set | ast.List) else [node]:
        try:
            kind = eval(ast.unparse(part), dict(getattr(function, "__globals__", {})))
        except Exception:  # a name of the function's own
            continue
        several = kind if isinstance(kind, tuple) else (kind,)
        origins: list[Any] = [one if isinstance(one, type) else typing.get_origin(one) for one in several]
        for one in (one for one in origins if isinstance(one, type)):
            # Nobody makes an object of an abstract number: people pass those that Python has.
            made = (int, float) if one.__module__ == "numbers" else (one,)
            yield from (kind for kind in made if one is kind or issubclass(kind, one))


@node_rule("passed to a standard function", SUGGESTS)
def _taken(node: ast.AST, _function: object) -> Proposals:
    """`len(a)`, `sorted(a)`, `int(a)`: they take what they are known to take. Alone: 8 of 120."""
    if not isinstance(node, ast.Call):
        return
    names = [part.id if isinstance(part, ast.Name) else "" for part in node.args]
    last = _last(node)
    if last in {"map", "filter", "reduce"}:
        yield from ((name, {list}) for name in names[1:])
    elif kinds := next((TAKING[name] for name in names_of(node.func) if name in TAKING), None):
        yield from ((name, kinds) for name in (names if last in ALIKE else names[:1]))


@node_rule("matched by a pattern", SUGGESTS)
def _matched(node: ast.AST, _function: object) -> Proposals:
    """`pattern.match(a)`. Alone: 0 of 120."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _last(node) in TEXTUAL:
        yield from ((part.id, {str}) for part in _names(node.args))


@node_rule("gone over", SUGGESTS)
def _gone_over(node: ast.AST, _function: object) -> Proposals:
    """`for b in a`. Alone: 0 of 120."""
    if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension) and isinstance(node.iter, ast.Name):
        yield node.iter.id, {list}


@node_rule("calculated with", SUGGESTS)
def _calculated(node: ast.AST, _function: object) -> Proposals:
    """`a + 1`, `a + "b"`. Alone: 12 of 120."""
    for one, other in ((node.left, node.right), (node.right, node.left)) if isinstance(node, ast.BinOp) else ():
        if not isinstance(one, ast.Name):
            continue
        constant = type(other.value) if isinstance(other, ast.Constant) else None
        if constant is str and isinstance(node.op, ast.Add):  # type: ignore[attr-defined]
            yield one.id, {str}
        elif constant in ANY_NUMBER and not (isinstance(node.op, ast.Mult) and one is node.right):  # type: ignore[attr-defined]
            yield one.id, ANY_NUMBER


@node_rule("indexed", SUGGESTS)
def _indexed(node: ast.AST, _function: object) -> Proposals:
    """`a["key"]`, `a[0]`, `a[1:]`. Alone: 6 of 120."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        by_text = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
        is_part = isinstance(node.slice, ast.Slice | ast.Constant | ast.UnaryOp)
        yield from [(node.value.id, {dict} if by_text else {list, str})] if is_part else []


def _first(node: ast.AST, *called: str) -> str:
    """The name of the variable that a call of one of these gets first; "" for any other node."""
    is_call = isinstance(node, ast.Call) and _last(node) in called and node.args
    return getattr(node.args[0], "id", "") if is_call else ""  # type: ignore[attr-defined]


def _last(node: ast.AST) -> str:
    """The last name of what a node calls; "" where it calls nothing."""
    return names_of(node.func)[0] if isinstance(node, ast.Call) else ""


def names_of(called: ast.expr) -> tuple[str, ...]:
    """The last name of what is called, and the same with the one before it: `walk` and `os.walk`."""
    if isinstance(called, ast.Attribute):
        return called.attr, f"{getattr(called.value, 'id', '')}.{called.attr}"
    return (getattr(called, "id", ""),)


def _names(nodes_of: Iterable[ast.expr]) -> Iterator[ast.Name]:
    return (one for one in nodes_of if isinstance(one, ast.Name))


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


def of(function: object, followed: int = FOLLOWED) -> dict[str, Use]:
    """For each parameter that the body uses in a telling way, what it may be."""
    try:
        return _of(function, followed)
    except TypeError:  # it cannot be hashed
        return _uses(nodes(function), function, followed)


@functools.lru_cache(maxsize=2048)
def _of(function: object, followed: int) -> dict[str, Use]:
    return _uses(nodes(function), function, followed)


def places(function: object) -> dict[str, str]:
    """The parameters that the body opens as files, takes for paths, or goes through as directories, and which."""
    calls = [node for node in nodes(function) if isinstance(node, ast.Call) and node.args]
    named = ((node.args[0].id, _place(node.func)) for node in calls if isinstance(node.args[0], ast.Name))
    return {name: place for name, place in named if place}


def _place(called: ast.expr) -> str:
    names = names_of(called)
    return DIRECTORY if not THROUGH.isdisjoint(names) else FILE if names == ("open",) or "Path" in names else ""


def is_read(function: object, name: str) -> bool:
    """Whether the body of a function does anything with a variable; True where there is no source to be read."""
    found = [*nodes(function)]
    return not found or any(isinstance(one, ast.Name) and one.id == name for one in found)


def is_kept(function: object, name: str) -> bool:
    """Whether the body of a function only keeps a variable: puts it somewhere, or gives it back, as it is."""
    found = [*nodes(function)]
    kept: set[ast.AST] = set()
    for node in found:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.Return) and node.value is not None:
            kept.add(node.value)
        elif isinstance(node, ast.Dict):
            kept |= {*node.values}
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in KEEPING:
            kept |= {*node.args}
    uses = [one for one in found if isinstance(one, ast.Name) and one.id == name]
    return bool(uses) and kept.issuperset(uses)


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


@functools.lru_cache(maxsize=256)
def walked(function: object) -> dict[str, tuple[str, ...]]:
    """By variable the keys that a function which calls itself takes of it, or looks for in it."""
    own = getattr(function, "__name__", "")
    called = {node.func for node in nodes(function) if isinstance(node, ast.Call)}
    if own not in {getattr(one, "id", getattr(one, "attr", "")) for one in called}:
        return {}
    return _by_name(pair for node in nodes(function) for pair in (*_keys(node), *_sought(node)))


def _sought(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The variable and the key in `"key" in variable`."""
    match node:
        case ast.Compare(ast.Constant(str(key)), [ast.In() | ast.NotIn()], [ast.Name(name)]):
            yield name, key


@rule("keys looked up")
def _keys(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The variable and the key in `variable.get("key")` and `variable["key"]`."""
    holder, key = (node.value, node.slice) if isinstance(node, ast.Subscript) else (None, None)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        holder, key = node.func.value, next(iter(node.args), None)
    if isinstance(holder, ast.Name) and isinstance(key, ast.Constant) and isinstance(key.value, str):
        yield holder.id, key.value


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
            found[name] = found.get(name, NO_USE) | suggests("class of its name", kinds)
    classes = _classes_beside(function) if attributes else ()
    for name, wanted in attributes.items():
        fitting = [*_with_all(wanted)]
        use = suggests("attributes", fitting) if fitting else asks_for("some attributes", _with_several(wanted))
        own = asks_for("attributes of a class", _having_all(wanted, classes, owner_of(function)))
        found[name] = found.get(name, NO_USE) | use | own
    return found


def _parameters(of_nodes: Sequence[ast.AST]) -> list[str]:
    """The names of what the outermost function of a tree takes."""
    made = next((node for node in of_nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)), None)
    return [one.arg for one in (*made.args.args, *made.args.kwonlyargs)] if made is not None else []


@rule("class of its name")
def _called_so(name: str, function: object) -> Iterator[type]:
    """A class of the project that is called as the parameter, or ends so, or is its last word.

    `engine` is a `RuleEngine`, and `parent_node` a `Node`.
    """
    wanted, module = name.strip("_").replace("_", "").lower(), str(getattr(function, "__module__", ""))
    if len(wanted) >= FEWEST_LETTERS:
        known = _classes_of(module.rpartition(".")[0] or module, len(sys.modules))
        last = name.rpartition("_")[2].lower()
        ways = (wanted.__eq__, lambda called: called.endswith(wanted), last.__eq__)
        every = ([kind for called, kind in known if is_so(called)] for is_so in ways)
        yield from next(filter(None, every), [])[:MOST_CALLED_SO]


@functools.lru_cache(maxsize=8)
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
            stated = use.stated - {type(None)}
            rules = frozenset(("passed on", kind) for kind in stated | use.suggested)
            yield name, Use(stated, use.suggested, use.rules | rules)
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
                used = of(method, followed).get((*inspect.signature(method).parameters, "", "")[1], NO_USE)
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
    with contextlib.suppress(TypeError, ValueError):
        order = list(inspect.signature(called).parameters)
        offset = int(is_bound(node.func, function) and order[:1] in (["self"], ["cls"]))
        used = of(called, followed)
        for at, name in plain:
            if at + offset < len(order):
                yield name, used.get(order[at + offset], NO_USE)
        for parameter, name in named:
            yield name, used.get(str(parameter), NO_USE)
