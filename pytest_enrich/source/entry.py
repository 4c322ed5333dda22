"""Which function of a module refers to which."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from msgspec.structs import replace

from pytest_enrich.data.code import Entry
from pytest_enrich.gaps.outline import Node
from pytest_enrich.imports import parsed
from pytest_enrich.imports.text import assigned
from pytest_enrich.source.function import kind, parameters, scopes
from pytest_enrich.source.module import FUNCTIONS, Function, Module, Suite

_OWN = {"self", "cls"}
_MOST = 8
_MOST_METHODS = 2
_MAKERS = {"__init__", "__new__", "__post_init__"}


class Calls:
    """Which function of a module refers to which, by name.

    A name is all that is looked at: ``x.read`` refers to every method `read` of the module, but for
    ``self.read`` and ``Reader.read``, which are of the class named or of one that it is related to.
    """

    def __init__(self, module: Module) -> None:
        self._module = module
        self._wanted = {node: self._names_of(node) for node in module.functions()}
        variables = self._variables()
        self._names = {node: self._with_variables(node, variables) for node in self._wanted}

    def callers(self, node: Node) -> Iterator[Function]:
        """The functions that refer to `node`, itself left out."""
        wanted = self._wanted.get(node, set())  # type: ignore[call-overload]
        yield from (one for one, names in self._names.items() if one is not node and names & wanted)

    def called(self, node: Node) -> Iterator[Function]:
        """The functions that `node` refers to."""
        names = self._names.get(node, set())  # type: ignore[call-overload]
        yield from (one for one, wanted in self._wanted.items() if one is not node and names & wanted)

    def _names_of(self, node: Function) -> set[str]:
        """The names that a reference to `node` can have."""
        outer = self._module.scope(node)
        if not isinstance(outer, ast.ClassDef):
            return {node.name}
        own = {f".{node.name}", *(f"{name}.{node.name}" for name in self._related(outer.name))}
        return {*own, outer.name} if node.name in {"__init__", "__new__"} else own

    def _related(self, name: str) -> set[str]:
        """A class, its bases and the classes made from any of them, in this module."""
        bases = self._module.bases
        below = {base: {one for one in bases if base in bases[one]} for base in bases}
        return _closed({name}, {one: bases[one] | below[one] for one in bases})

    def _references(self, node: Node, own: str) -> set[str]:
        """Names as `f`, attributes as `.f`, those of a class of the module as `Class.f`."""
        found = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute):
                holder = part.value.func if isinstance(part.value, ast.Call) else part.value
                name = getattr(holder, "id", "")
                is_own = own and (name in _OWN or (name == "super" and isinstance(part.value, ast.Call)))
                known = own if is_own else name if name in self._module.bases else ""
                found.add(f"{known}.{part.attr}")
        return found

    def _with_variables(self, node: Function, variables: dict[str, set[str]]) -> set[str]:
        """What a function refers to, directly or through a variable of the module (a table of functions)."""
        classes = [scope.name for scope in scopes(self._module, node) if isinstance(scope, ast.ClassDef)]
        names = self._references(node, classes[0] if classes else "")
        return names.union(*(variables[name] for name in names if name in variables))

    def _variables(self) -> dict[str, set[str]]:
        """What the values of the module's own variables refer to."""
        found: dict[str, set[str]] = {}
        for name, value in assigned(self._module.tree.body):
            found.setdefault(name, set()).update(self._references(value, "") - {name})
        return found


def _closed(start: set[str], near: Mapping[str, set[str]]) -> set[str]:
    """These, and all that has one of them near it."""
    found, size = start, 0
    while size != len(found):
        size = len(found)
        found = found | {name for name, others in near.items() if others & found}
    return found


def entries(module: Module, calls: Calls, node: Node, suite: Suite, *, entered: bool) -> tuple[Entry, ...]:
    """The public functions through which `node` is reached, nearest first; itself when it is public.

    One that the module's `__all__` leaves out, and no test names, is reached through those that are in it where
    they lead to it. A private function is its own entry when tests of the suite name it already, or where no
    public one leads to it and no test has `entered` the module in another way; a method of a private class, whose
    objects callers may hold, also when nobody refers to it. For a nested function the outermost function round it
    stands for it. What a constructor did shows itself in those that use the object: the callers of the
    constructor, and methods that tests name. What is private and called by nobody may be a hook of its class's
    bases.
    """
    if not isinstance(node, FUNCTIONS):
        return ()
    start = _outermost(module, node)
    is_open, is_named = is_public(module, start), _is_named(start, suite)
    if is_open and not _is_maker(module, start) and (is_named or is_exported(module, start)):
        return (_entry(module, start, suite),)
    direct = [start] if is_named or (is_open and _is_maker(module, start)) else []
    found = [
        *direct,
        *(_callers_of(module, calls, start, is_exported) or _callers_of(module, calls, start, is_public)),
    ]
    found += [method for maker in found if _is_maker(module, maker) for method in _methods(module, maker, suite)]
    if not found and (is_open or not _is_dunder(start.name)):
        is_held = _is_method(module, start) and not start.name.startswith("_")
        found = [start] if is_held or is_open or not entered else []
        found += [] if entered else _callers(module, calls, start)
    shown = tuple(_entry(module, function, suite) for function in list(dict.fromkeys(found))[:_MOST])
    if {*found} <= {start} and _is_hook(module, start):
        return (replace(_entry(module, start, suite), kind="hook", is_named=False), *shown)
    return shown


def _is_hook(module: Module, node: Function) -> bool:
    """Whether a private method may be called by what its class inherits from another module."""
    owner = module.scope(node)
    known = {*module.bases, "object"}
    is_hidden = _is_private(node.name) and not node.name.startswith("__")
    return is_hidden and isinstance(owner, ast.ClassDef) and any(_last(base) not in known for base in owner.bases)


def is_public(module: Module, node: Function) -> bool:
    """Whether neither its name nor that of what is round it says that it is private.

    A private class that a public one is made from is that one's own affair, and its methods are called on objects
    of the public one.
    """
    outer = list(scopes(module, node))
    names = [node.name, *(scope.name for scope in outer if isinstance(scope, FUNCTIONS))]
    classes = [_made_from(module, scope) for scope in outer if isinstance(scope, ast.ClassDef)]
    return not any(map(_is_private, names)) and not any(all(map(_is_private, made)) for made in classes)


def is_exported(module: Module, node: Function) -> bool:
    """Whether it is public, and in `__all__` where the module has one: itself, or the class round it.

    A class from which an exported one is made is exported with it.
    """
    if module.exported is None or not is_public(module, node):
        return is_public(module, node)
    outer = [one for one in scopes(module, node) if isinstance(one, ast.ClassDef)]
    names = _made_from(module, outer[-1]) if outer else {node.name}
    return not module.exported.isdisjoint(names)


def _made_from(module: Module, owner: ast.ClassDef) -> set[str]:
    """The names of a class and of those of the module that are made from it."""
    return _closed({owner.name}, module.bases)


def _is_private(name: str) -> bool:
    return name.startswith("_") and not _is_dunder(name)


def _callers(module: Module, calls: Calls, *called: Function) -> dict[Function, None]:
    """The outermost functions that refer to one of these."""
    return dict.fromkeys(_outermost(module, one) for node in called for one in calls.callers(node))


def _callers_of(
    module: Module, calls: Calls, start: Function, is_wanted: Callable[[Module, Function], bool]
) -> list[Function]:
    """Those that lead to a function and are wanted, the nearest first."""
    found: list[Function] = []
    seen, wave = {start}, [start]
    while wave:
        callers = _callers(module, calls, *wave)
        wave = [caller for caller in callers if caller not in seen]
        seen.update(wave)
        found += [function for function in wave if is_wanted(module, function)]
        wave = [function for function in wave if not is_wanted(module, function) or _is_maker(module, function)]
    return found


def _methods(module: Module, maker: Function, suite: Suite) -> Iterator[Function]:
    """The public methods of the maker's class that tests name most."""
    owner = module.scope(maker)
    public = (one for one in module.functions() if module.scope(one) is owner and is_public(module, one))
    times = Counter({one: sum(text.count(f".{one.name}(") for text in suite.texts.values()) for one in public})
    yield from (method for method, count in times.most_common(_MOST_METHODS) if count)


def _is_maker(module: Module, node: Function) -> bool:
    return node.name in _MAKERS and _is_method(module, node)


def _outermost(module: Module, node: Function) -> Function:
    return [node, *(scope for scope in scopes(module, node) if isinstance(scope, FUNCTIONS))][-1]


def _is_named(node: Function, suite: Suite) -> bool:
    """Whether the code of a test file says its name: a comment about it is no use of it."""
    texts = (text for text in suite.texts.values() if node.name in text)
    return not _is_dunder(node.name) and any(node.name in _names(text) for text in texts)


@lru_cache(maxsize=256)
def _names(text: str) -> frozenset[str]:
    """What is read or imported there by name. A test that overrides or replaces a function does not call it."""
    tree = parsed(text)
    nodes = [*ast.walk(tree)] if tree else []
    plain = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    read = (node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load))
    attributes = {one.attr for one in read if not _is_super(one.value)}
    return frozenset(plain | attributes | {node.name for node in nodes if isinstance(node, ast.alias)})


def _last(node: ast.expr) -> str:
    return getattr(node, "attr", getattr(node, "id", ""))


def _is_super(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "super"


def _is_method(module: Module, node: Function) -> bool:
    return isinstance(module.scope(node), ast.ClassDef)


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _entry(module: Module, node: Function, suite: Suite) -> Entry:
    sort = kind(module, node)
    return Entry(
        qualname=module.qualname(node) + "=" * (sort == "setter"),
        kind=sort,
        is_named=_is_dunder(node.name) or _is_named(node, suite),
        parameters=parameters(module, node),
    )
