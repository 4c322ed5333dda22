"""What a function does with its parameters, and what that says about their types."""

from __future__ import annotations

import ast
import functools
import inspect
import sys
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, NamedTuple

from . import keywords, rule
from .body import (
    code_of,
    copied,
    function_of,
    is_bound,
    lookup,
    nodes,
    owner_of,
    remembered,
    signed,
)
from .clues import ASKS, SUGGESTS, asked_for, names_of
from .files import DIRECTORY, FILE
from .types import holders, with_all, with_several

FOLLOWED = 4
"""How many calls deep an argument that is passed on is followed."""
FEWEST_LETTERS, MOST_CALLED_SO = 4, 2
"""The fewest letters in a parameter's name that can stand for a class, and the most classes that are tried."""
CALLED_SO = "class of its name"
EACH, MOST_KINDS = "each of several", 3
"""The rule, and the most types that an item may have: more say nothing."""
THROUGH = {"listdir", "os.walk", "scandir", "makedirs", "mkdir", "rmtree", "copytree"}
OPERATORS: Mapping[type[ast.operator], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
}  # fmt: skip


class Use(NamedTuple):
    """The types that a body asks for by name or by a call (`stated`), and those that its use suggests.

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
    """A use in which the rule of this name found these types asked for."""
    stated = frozenset(kinds)
    return Use(stated=stated, rules=frozenset((name, kind) for kind in stated))


def suggests(name: str, kinds: Iterable[Any]) -> Use:
    """A use in which the rule of this name found these types suggested."""
    suggested = frozenset(kinds)
    return Use(suggested=suggested, rules=frozenset((name, kind) for kind in suggested))


@remembered(2048)
def of(function: object, followed: int = FOLLOWED) -> dict[str, Use]:
    """For each parameter that the body uses in a telling way, what it may be."""
    return _uses(keywords.named_nodes(function), function, followed)


def places(function: object) -> dict[str, str]:
    """The parameters that the body uses as paths of files or directories, each with which of the two."""
    calls = [node for node in nodes(function) if isinstance(node, ast.Call) and node.args]
    named = ((node.args[0].id, _place(node.func)) for node in calls if isinstance(node.args[0], ast.Name))
    return {name: place for name, place in named if place}


def _place(called: ast.expr) -> str:
    names = names_of(called)
    return DIRECTORY if not THROUGH.isdisjoint(names) else FILE if names == ("open",) or "Path" in names else ""


def refuses(function: object) -> bool:
    """Whether a function itself raises `TypeError` or a subclass of it."""
    raised = (node.exc for node in nodes(function) if isinstance(node, ast.Raise))
    named = (error.func if isinstance(error, ast.Call) else error for error in raised)
    namespace = {"TypeError": TypeError, **getattr(inspect.unwrap(function), "__globals__", {})}  # type: ignore[arg-type]
    kinds: Iterator[Any] = (namespace.get(name.id) for name in named if isinstance(name, ast.Name))
    return any(issubclass(type(kind), type) and issubclass(kind, TypeError) for kind in kinds)


@functools.lru_cache(maxsize=256)
def kept(owner: type) -> dict[str, Use]:
    """What a class's methods do with the parameters that its constructor keeps in attributes."""
    stored = dict(pair for node in keywords.named_nodes(vars(owner).get("__init__")) for pair in _keeps(node))
    uses: dict[str, Use] = {}
    for method in vars(owner).values() if stored else ():
        tree = _Unfolded(stored).visit(copied((*nodes(method), ast.Module([], []))[0]))
        for name, use in _uses(tuple(ast.walk(tree)), method, 0).items():
            if name in stored.values():
                rules = frozenset(("kept in an attribute", kind) for kind in use.stated | use.suggested)
                uses[name] = uses.get(name, NO_USE) | use._replace(rules=use.rules | rules)
    return uses


@functools.lru_cache(maxsize=256)
def looked_up(function: object) -> dict[str, tuple[str, ...]]:
    """By variable, the keys that a function looks up in it."""
    return _by_name(pair for node in nodes(function) for pair in _keys(node))


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The second items of the pairs by their first ones, each once."""
    grouped: dict[str, dict[str, None]] = {}
    for name, item in pairs:
        grouped.setdefault(name, {})[item] = None
    return {name: tuple(items) for name, items in grouped.items()}


@functools.lru_cache(maxsize=256)
def compared(function: object) -> dict[str, tuple[str, ...]]:
    """By variable, the words that a function compares it with, in the order of its body."""
    return _by_name(pair for node in nodes(function) for pair in _words(node))


@rule("compared words")
def _words(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The variable and the words in `variable == "word"`, `variable.lower() in ("word", ...)` and the like."""
    match node:
        case ast.Compare(left, [ast.Eq() | ast.NotEq() | ast.In() | ast.NotIn()], [right]):
            if isinstance(left, ast.Call) and isinstance(left.func, ast.Attribute) and not left.args:
                left = left.func.value
            several = right.elts if isinstance(right, ast.Tuple | ast.List | ast.Set) else [right]
            words = (item.value for item in several if isinstance(item, ast.Constant))
            if isinstance(left, ast.Name):
                yield from ((left.id, word) for word in words if isinstance(word, str) and word.isalpha())


@rule("gone through")
@functools.lru_cache(maxsize=256)
def gone_through(function: object) -> frozenset[str]:
    """The variables whose items a function looks at one by one: few are meant to be a text."""
    loops = (node for node in nodes(function) if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension))
    return frozenset(loop.iter.id for loop in loops if isinstance(loop.iter, ast.Name))


@rule("decoded")
@functools.lru_cache(maxsize=256)
def decoded(function: object) -> frozenset[str]:
    """The variables that a function decodes as JSON."""
    calls = (node for node in nodes(function) if isinstance(node, ast.Call) and node.args)
    texts = (call.args[0] for call in calls if ast.unparse(call.func) == "json.loads")
    return frozenset(text.id for text in texts if isinstance(text, ast.Name))


@functools.lru_cache(maxsize=256)
def looked_at(function: object) -> dict[str, tuple[str, ...]]:
    """By variable, the attributes that a function reads but does not call."""
    called = {node.func for node in nodes(function) if isinstance(node, ast.Call)}
    read = (node for node in nodes(function) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load))
    return _by_name(
        (node.value.id, node.attr) for node in read if isinstance(node.value, ast.Name) and node not in called
    )


@rule("keys looked up")
def _keys(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The variable and the key in `variable.get("key")` and `variable["key"]`."""
    found = lookup(node)
    if found is not None and found.method != "pop":
        yield found.holder, found.key


@rule("kept in an attribute")
def _keeps(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The attribute's name and the parameter's in `self.name = parameter`. Alone: 6 of 120."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
        for target in node.targets:
            if isinstance(target, ast.Attribute) and getattr(target.value, "id", "") == "self":
                yield target.attr, node.value.id


class _Unfolded(ast.NodeTransformer):
    """Replaces attributes of `self` by the parameters that are kept in them."""

    def __init__(self, stored: Mapping[str, str]) -> None:
        self._stored = stored

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Replace `self.name`, also where more attributes follow."""
        node.value = self.visit(node.value)
        is_kept = getattr(node.value, "id", "") == "self" and node.attr in self._stored
        return ast.Name(self._stored[node.attr], ast.Load()) if is_kept else node


def _uses(of_nodes: Sequence[ast.AST], function: object, followed: int) -> dict[str, Use]:
    uses: dict[str, Use] = {}
    attributes: dict[str, set[str]] = {}
    for node in of_nodes:
        # An attribute that is only set says nothing about the object that it is set on.
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name):
            attributes.setdefault(node.value.id, set()).add(node.attr)
        for name, use in _told(node, function, followed):
            uses[name] = uses.get(name, NO_USE) | use
    for name, (taker, _) in keywords.handed_on(function).items() if followed else ():
        uses[name] = uses.get(name, NO_USE) | of(keywords.maker_of(taker), followed - 1).get(name, NO_USE)
    for name in (*_parameters(of_nodes), *(parameter.name for parameter in keywords.taken(function))):
        if kinds := [*_called_so(name, function)]:
            uses[name] = uses.get(name, NO_USE) | suggests(CALLED_SO, kinds)
    classes = _classes_beside(function) if attributes else ()
    spared = _by_name(_spared(of_nodes))
    for name, used in attributes.items():
        wanted = used.difference(spared.get(name, ())) or used
        fitting = [*_with_all(wanted)]
        use = suggests("attributes", fitting) if fitting else asks_for("some attributes", _with_several(wanted))
        own = asks_for("attributes of a class", _having_all(wanted, classes, owner_of(function)))
        uses[name] = uses.get(name, NO_USE) | use | own
    for name, lists in _of_several(of_nodes, uses, function):
        uses[name] = uses.get(name, NO_USE) | suggests(EACH, lists)
    return uses


@rule("attributes that may be missing")
def _spared(of_nodes: Sequence[ast.AST]) -> Iterable[tuple[str, str]]:
    """The variables and the attributes that `hasattr` asks for: not all that is passed has them."""
    return (pair for node in of_nodes for pair in asked_for(node))


@rule(EACH)
def _of_several(
    of_nodes: Sequence[ast.AST], found: Mapping[str, Use], function: object
) -> Iterator[tuple[str, set[Any]]]:
    """The types of the items of a loop, by how its variable is used or named: `node` in `for node in nodes`."""
    for node in of_nodes:
        if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            name, item = getattr(node.iter, "id", ""), getattr(node.target, "id", "")
            use = found.get(item, NO_USE)
            kinds = use.stated | use.suggested or {*_called_so(item, function)}
            if name and 0 < len(kinds) <= MOST_KINDS:
                yield name, {list.__class_getitem__(kind) for kind in kinds}


def alike(use: Use) -> frozenset[Any]:
    """The classes that only the name suggests."""
    return frozenset(kind for rule, kind in use.rules if rule == CALLED_SO)


def each(use: Use) -> Use:
    """What this use says about each item of the variable."""
    return suggests(EACH, (typing.get_args(kind)[0] for rule, kind in use.rules if rule == EACH))


def _parameters(of_nodes: Sequence[ast.AST]) -> list[str]:
    """The names of the parameters of the outermost function of a tree."""
    function = next((node for node in of_nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)), None)
    return [arg.arg for arg in (*function.args.args, *function.args.kwonlyargs)] if function is not None else []


@rule(CALLED_SO)
def _called_so(name: str, function: object) -> Iterator[type]:
    """A class of the project that has the parameter's name, ends with it, or is its last word.

    `engine` is a `RuleEngine`, and `parent_node` a `Node`.
    """
    wanted, module = name.strip("_").replace("_", "").lower(), str(getattr(function, "__module__", ""))
    last = name.rpartition("_")[2].lower()
    if len(wanted) >= FEWEST_LETTERS:
        parts = (module.rpartition(".")[0] or module).split(".")
        near, *above = (_classes_of(".".join(parts[:size]), len(sys.modules)) for size in range(len(parts), 0, -1))
        ways = [
            (near, is_match) for is_match in (wanted.__eq__, lambda called: called.endswith(wanted), last.__eq__)
        ]
        # Further away, a class whose name only ends so may be anything.
        ways += [(classes, is_match) for classes in above for is_match in (wanted.__eq__, last.__eq__)]
        matches = ([kind for class_name, kind in classes if is_match(class_name)] for classes, is_match in ways)
        yield from next(filter(None, matches), [])[:MOST_CALLED_SO]


@functools.lru_cache(maxsize=16)
def _classes_of(package: str, _modules: int) -> tuple[tuple[str, type], ...]:
    """The public classes of a package, as far as it is imported, each after its name in lower case."""
    within = f"{package}."
    loaded = [(name, module) for name, module in [*sys.modules.items()] if issubclass(type(module), ModuleType)]
    near = (module for name, module in loaded if f"{name}.".startswith(within))
    kinds = (kind for module in near for kind in [*vars(module).values()] if issubclass(type(kind), type))
    own = {id(kind): kind for kind in kinds if f"{getattr(kind, '__module__', '')}.".startswith(within)}
    named = ((kind.__name__.lower(), kind) for kind in own.values() if kind.__name__[:1] != "_")
    return tuple(sorted(named, key=lambda pair: (pair[0], pair[1].__module__)))


@rule("attributes")
def _with_all(wanted: set[str]) -> Iterable[Any]:
    """The standard types that have all the attributes that a variable is used with. Alone: 12 of 120."""
    return with_all(wanted)


@rule("attributes of a class")
def _having_all(wanted: set[str], classes: Iterable[type], owner: object) -> Iterator[type]:
    """The classes whose objects have all the attributes.

    Of a class and its subclasses, only the class. A single attribute tells the function's owner, or the only class
    that has it where no standard type does.
    """
    telling = {name for name in wanted if not name.startswith("__")}
    fitting = [kind for kind in classes if telling and telling <= _attributes(kind)]
    topmost = [kind for kind in fitting if not any(kind is not base and base in kind.__mro__ for base in fitting)]
    is_telling = len(telling) > 1 or (len(topmost) == 1 and not any(map(holders, telling)))
    yield from (kind for kind in topmost if is_telling or kind is owner)


def _classes_beside(function: object) -> Iterable[type]:
    """The classes of the project that a function's module knows, its own one first."""
    names = getattr(inspect.unwrap(function), "__globals__", {})  # type: ignore[arg-type]
    return {
        id(kind): kind for kind in (owner_of(function), *names.values()) if _is_beside(kind, function)
    }.values()


def _is_beside(held: Any, function: object) -> bool:
    """Whether a value is a class of the same project; even asking a proxy for its class may run code."""
    kind = type(held)
    if not issubclass(kind, type) or kind.__hash__ is None:
        return False
    of_project = (str(getattr(value, "__module__", "")).partition(".")[0] for value in (held, function))
    return len({*of_project}) == 1


@functools.lru_cache(maxsize=512)
def _attributes(kind: type) -> frozenset[str]:
    """The attributes of a class's objects, as far as the class shows them or its constructor sets them."""
    maker = nodes(vars(kind).get("__init__"))
    stored = (node.attr for node in maker if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
    above = (_attributes(base) for base in kind.__bases__ if base is not object)
    declared = vars(kind).get("__annotations__")  # a descriptor, not a dict, for `type` itself
    return frozenset({*dir(kind), *stored}).union(declared if isinstance(declared, dict) else (), *above)


@rule("some attributes")
def _with_several(wanted: set[str]) -> Iterable[Any]:
    """The standard types that have several of the attributes where none has all: branches may differ."""
    return with_several(wanted)


def _told(node: ast.AST, function: object, followed: int) -> Iterator[tuple[str, Use]]:
    """What one node says about the names in it."""
    for rule_name, proposing in ASKS.items():
        yield from ((name, asks_for(rule_name, kinds)) for name, kinds in proposing(node, function))
    for rule_name, proposing in SUGGESTS.items():
        yield from ((name, suggests(rule_name, kinds)) for name, kinds in proposing(node, function))
    if isinstance(node, ast.Call) and followed:
        for name, use in _passed_on(node, function, followed - 1):
            # The name of the other function's parameter says nothing about this one.
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
    for operand, opposite in ((node.left, node.right), (node.right, node.left)):
        if not (
            isinstance(operand, ast.Name) and isinstance(opposite, ast.Name) and opposite.id == "self" and word
        ):
            continue
        for name in (f"__{word}__", f"__r{word}__"):
            method = getattr(owner, name, None)
            if inspect.isfunction(method) and code_of(method) is not code_of(function):
                used = of(method, followed).get((*signed(method), "", "")[1], NO_USE)
                yield operand.id, {kind for kind in used.stated | used.suggested if kind is not owner}


@rule("passed on")
def _passed_on(node: ast.Call, function: object, followed: int) -> Iterator[tuple[str, Use]]:
    """What another function of the project does with an argument that is passed on to it. Alone: 7 of 120."""
    plain = [(at, part.id) for at, part in enumerate(node.args) if isinstance(part, ast.Name)]
    named = [(part.arg, part.value.id) for part in node.keywords if isinstance(part.value, ast.Name)]
    called = function_of(node.func, function) if plain or named else None
    if called is None or called is function or inspect.unwrap(called).__code__ is code_of(function):
        return
    if called.__module__.partition(".")[0] in sys.stdlib_module_names:  # it takes arguments of any kind
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
