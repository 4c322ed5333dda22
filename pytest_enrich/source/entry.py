"""Which function of a module refers to which, and through which public ones each is reached."""

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
from pytest_enrich.source.module import FUNCTIONS, Function, Module, Suite, base_name

_OWN = {"self", "cls"}
_MOST = 8
_MOST_METHODS = 2
_MAKERS = {"__init__", "__new__", "__post_init__"}


class Calls:
    """Which function of a module refers to which, by name.

    Only names are compared: ``x.read`` refers to every method `read` of the module, but ``self.read`` and
    ``Reader.read`` refer only to that of the class or of a related one.
    """

    def __init__(self, module: Module) -> None:
        self._module = module
        self._wanted = {node: self._names_of(node) for node in module.functions()}
        variables = self._variables()
        self._names = {node: self._with_variables(node, variables) for node in self._wanted}

    def callers(self, node: Node) -> Iterator[Function]:
        """The functions that refer to `node`, except itself."""
        wanted = self._wanted.get(node, set())  # type: ignore[call-overload]
        yield from (function for function, names in self._names.items() if function is not node and names & wanted)

    def called(self, node: Node) -> Iterator[Function]:
        """The functions that `node` refers to."""
        names = self._names.get(node, set())  # type: ignore[call-overload]
        yield from (
            function for function, wanted in self._wanted.items() if function is not node and names & wanted
        )

    def _names_of(self, node: Function) -> set[str]:
        """The names by which `node` can be referred to."""
        outer = self._module.scope(node)
        if not isinstance(outer, ast.ClassDef):
            return {node.name}
        own = {f".{node.name}", *(f"{name}.{node.name}" for name in self._related(outer.name))}
        return {*own, outer.name} if node.name in {"__init__", "__new__"} else own

    def _related(self, name: str) -> set[str]:
        """A class, its bases and the classes derived from any of them, in this module."""
        bases = self._module.bases
        derived = {base: {owner for owner in bases if base in bases[owner]} for base in bases}
        return _closed({name}, {owner: bases[owner] | derived[owner] for owner in bases})

    def _references(self, node: Node, own: str) -> set[str]:
        """What a node refers to: names as `f`, attributes as `.f`, or as `Class.f` for a class of the module."""
        references = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute):
                holder = part.value.func if isinstance(part.value, ast.Call) else part.value
                name = getattr(holder, "id", "")
                is_own = own and (name in _OWN or (name == "super" and isinstance(part.value, ast.Call)))
                known = own if is_own else name if name in self._module.bases else ""
                references.add(f"{known}.{part.attr}")
        return references

    def _with_variables(self, node: Function, variables: dict[str, set[str]]) -> set[str]:
        """What a function refers to, directly or through a module variable (such as a table of functions)."""
        classes = [scope.name for scope in scopes(self._module, node) if isinstance(scope, ast.ClassDef)]
        names = self._references(node, classes[0] if classes else "")
        return names.union(*(variables[name] for name in names if name in variables))

    def _variables(self) -> dict[str, set[str]]:
        """What the values of the module's own variables refer to."""
        references: dict[str, set[str]] = {}
        for name, value in assigned(self._module.tree.body):
            references.setdefault(name, set()).update(self._references(value, "") - {name})
        return references


def _closed(start: set[str], near: Mapping[str, set[str]]) -> set[str]:
    """The names in `start`, and all names that lead to one of them through `near`."""
    closed, size = start, 0
    while size != len(closed):
        size = len(closed)
        closed = closed | {name for name, neighbours in near.items() if neighbours & closed}
    return closed


def entries(module: Module, calls: Calls, node: Node, suite: Suite, *, entered: bool) -> tuple[Entry, ...]:
    """The public functions through which `node` is reached, nearest first; `node` itself if it is public.

    A public function that `__all__` leaves out and no test names is reached through functions in `__all__`, if
    any lead to it. A private function is its own entry if tests already name it, or if no public function leads
    to it and no test has `entered` the module in another way; a method of a private class, whose objects callers
    may hold, also if nothing refers to it. A nested function is represented by the outermost function around it.
    What a constructor did shows in the functions that use the object: the callers of the constructor, and methods
    that tests name. A private method that nothing calls may be a hook for the bases of its class.
    """
    if not isinstance(node, FUNCTIONS):
        return ()
    start = _outermost(module, node)
    is_open, is_named = is_public(module, start), _is_named(start, suite)
    if is_open and not _is_maker(module, start) and (is_named or is_exported(module, start)):
        return (_entry(module, start, suite),)
    direct = [start] if is_named or (is_open and _is_maker(module, start)) else []
    reached = [
        *direct,
        *(_callers_of(module, calls, start, is_exported) or _callers_of(module, calls, start, is_public)),
    ]
    reached += [
        method for maker in reached if _is_maker(module, maker) for method in _methods(module, maker, suite)
    ]
    if not reached and (is_open or not _is_dunder(start.name)):
        may_be_held = _is_method(module, start) and not start.name.startswith("_")
        reached = [start] if may_be_held or is_open or not entered else []
        reached += [] if entered else _callers(module, calls, start)
    ways_in = tuple(_entry(module, function, suite) for function in list(dict.fromkeys(reached))[:_MOST])
    if {*reached} <= {start} and _is_hook(module, start):
        return (replace(_entry(module, start, suite), kind="hook", is_named=False), *ways_in)
    return ways_in


def _is_hook(module: Module, node: Function) -> bool:
    """Whether a private method may be called by code that its class inherits from another module."""
    owner = module.scope(node)
    known = {*module.bases, "object"}
    is_hidden = is_private(node.name) and not node.name.startswith("__")
    return (
        is_hidden and isinstance(owner, ast.ClassDef) and any(base_name(base) not in known for base in owner.bases)
    )


def is_public(module: Module, node: Function) -> bool:
    """Whether neither its own name nor those of the scopes around it mark it as private.

    A private class with a public subclass does not count as private: its methods are called on objects of the
    subclass.
    """
    outer = list(scopes(module, node))
    names = [node.name, *(scope.name for scope in outer if isinstance(scope, FUNCTIONS))]
    classes = [_made_from(module, scope) for scope in outer if isinstance(scope, ast.ClassDef)]
    return not any(map(is_private, names)) and not any(all(map(is_private, made)) for made in classes)


def is_exported(module: Module, node: Function) -> bool:
    """Whether it is public and, if the module has an `__all__`, listed there: itself, or the class around it.

    The bases of an exported class are exported with it.
    """
    if module.exported is None or not is_public(module, node):
        return is_public(module, node)
    outer = [scope for scope in scopes(module, node) if isinstance(scope, ast.ClassDef)]
    names = _made_from(module, outer[-1]) if outer else {node.name}
    return not module.exported.isdisjoint(names)


def _made_from(module: Module, owner: ast.ClassDef) -> set[str]:
    """The names of a class and of the classes of the module that are derived from it."""
    return _closed({owner.name}, module.bases)


def is_private(name: str) -> bool:
    """Whether a name is that of a helper: those of special methods are not."""
    return name.startswith("_") and not _is_dunder(name)


def _callers(module: Module, calls: Calls, *called: Function) -> dict[Function, None]:
    """The outermost functions that refer to any of these."""
    return dict.fromkeys(_outermost(module, caller) for node in called for caller in calls.callers(node))


def _callers_of(
    module: Module, calls: Calls, start: Function, is_wanted: Callable[[Module, Function], bool]
) -> list[Function]:
    """The wanted functions that lead to a function, nearest first."""
    wanted: list[Function] = []
    seen, wave = {start}, [start]
    while wave:
        callers = _callers(module, calls, *wave)
        wave = [caller for caller in callers if caller not in seen]
        seen.update(wave)
        wanted += [function for function in wave if is_wanted(module, function)]
        wave = [function for function in wave if not is_wanted(module, function) or _is_maker(module, function)]
    return wanted


def _methods(module: Module, maker: Function, suite: Suite) -> Iterator[Function]:
    """The public methods of the maker's class that tests call most."""
    owner = module.scope(maker)
    public = (node for node in module.functions() if module.scope(node) is owner and is_public(module, node))
    times = Counter(
        {method: sum(text.count(f".{method.name}(") for text in suite.texts.values()) for method in public}
    )
    yield from (method for method, count in times.most_common(_MOST_METHODS) if count)


def _is_maker(module: Module, node: Function) -> bool:
    return node.name in _MAKERS and _is_method(module, node)


def _outermost(module: Module, node: Function) -> Function:
    return [node, *(scope for scope in scopes(module, node) if isinstance(scope, FUNCTIONS))][-1]


def _is_named(node: Function, suite: Suite) -> bool:
    """Whether the code of a test file mentions its name; a comment does not count."""
    texts = (text for text in suite.texts.values() if node.name in text)
    return not _is_dunder(node.name) and any(node.name in _names(text) for text in texts)


@lru_cache(maxsize=256)
def _names(text: str) -> frozenset[str]:
    """The names that a file reads or imports; a test that overrides or replaces a function does not call it."""
    tree = parsed(text)
    nodes = [*ast.walk(tree)] if tree else []
    plain = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    read = (node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load))
    attributes = {attribute.attr for attribute in read if not _is_super(attribute.value)}
    return frozenset(plain | attributes | {node.name for node in nodes if isinstance(node, ast.alias)})


def _is_super(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "super"


def _is_method(module: Module, node: Function) -> bool:
    return isinstance(module.scope(node), ast.ClassDef)


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _entry(module: Module, node: Function, suite: Suite) -> Entry:
    node_kind = kind(module, node)
    return Entry(
        qualname=module.qualname(node) + "=" * (node_kind == "setter"),
        kind=node_kind,
        is_named=_is_dunder(node.name) or _is_named(node, suite),
        parameters=parameters(module, node),
    )
