"""Which function of a module refers to which."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytest_enrich.gaps.outline import Node
from pytest_enrich.source.function import scopes
from pytest_enrich.source.module import Function, Module

_OWN = {"self", "cls"}


class Calls:
    """Which function of a module refers to which, by name.

    A name is all that is looked at: ``x.read`` refers to every method `read` of the module, but for
    ``self.read`` and ``Reader.read``, which are of the class named or of one that it is related to.
    """

    def __init__(self, module: Module) -> None:
        self._module = module
        self._classes = [one for one in module.outline.bodies if isinstance(one, ast.ClassDef)]
        self._bases = {one.name: base_names(one) & {each.name for each in self._classes} for one in self._classes}
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
        related, size = {name}, 0
        while size != len(related):
            size = len(related)
            related |= {one for one, bases in self._bases.items() if bases & related}
            related |= {base for one, bases in self._bases.items() if one in related for base in bases}
        return related

    def _references(self, node: Node, own: str) -> set[str]:
        """Names as `f`, attributes as `.f`, those of a class of the module as `Class.f`."""
        found = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        for one in ast.walk(node):
            if isinstance(one, ast.Attribute):
                holder = one.value.func if isinstance(one.value, ast.Call) else one.value
                name = getattr(holder, "id", "")
                is_own = own and (name in _OWN or (name == "super" and isinstance(one.value, ast.Call)))
                known = own if is_own else name if name in self._bases else ""
                found.add(f"{known}.{one.attr}")
        return found

    def _with_variables(self, node: Function, variables: dict[str, set[str]]) -> set[str]:
        """What a function refers to, directly or through a variable of the module (a table of functions)."""
        classes = [one.name for one in scopes(self._module, node) if isinstance(one, ast.ClassDef)]
        names = self._references(node, classes[0] if classes else "")
        return names.union(*(variables[name] for name in names if name in variables))

    def _variables(self) -> dict[str, set[str]]:
        """What the values of the module's own variables refer to."""
        found: dict[str, set[str]] = {}
        for node in self._module.tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            for one in targets if isinstance(node, (ast.Assign, ast.AnnAssign)) else ():
                if isinstance(one, ast.Name):
                    found.setdefault(one.id, set()).update(self._references(node, "") - {one.id})
        return found


def base_names(node: ast.ClassDef) -> set[str]:
    """The last parts of its bases' names: `Field` of `fields.Field[int]`."""
    plain = (base.value if isinstance(base, ast.Subscript) else base for base in node.bases)
    return {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in plain}
