"""The rung `allowed`: does a candidate name only what honest tests of the project need?

Of Python and of pytest it may use what is on the list of `harmless`, and what the file that it goes into uses.
A module may only be looked into: one that is passed on or renamed could be used out of sight. Whatever replaces
parts of others must say which, in words that can be read there, and do so with something that puts them back.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from pytest_enrich.imports import parsed
from pytest_enrich.imports.text import Binding, imported
from pytest_enrich.protocols import Task
from pytest_enrich.validate import harmless

BY_NAME = frozenset({"delattr", "getattr", "hasattr", "setattr"})
REPLACING = frozenset({"delattr", "object", "patch", "setattr", "spy"})
"""The last words of calls that replace a part of something by its name: monkeypatch's, mock's, pytest-mock's."""
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
          ast.GeneratorExp)  # fmt: skip
_FIELD = re.compile(rf"\{{[^}}]*\.({'|'.join(sorted(harmless.INNER))})\b")
"""In a format string, a field that looks into an object."""
OF_REQUEST = frozenset({"addfinalizer", "cls", "fixturename", "getfixturevalue", "instance", "param"})
OF_NODE = frozenset({"name", "nodeid", "originalname"})
OF_CONFIG = frozenset({"getini", "getoption", "rootdir", "rootpath"})


class Said(Struct, frozen=True):
    """What a file says already.

    Attributes:
        known: The names that its imports bind, and what they stand for.
        names: All names, in full.
        calls: All calls.
        words: The text.
    """

    known: dict[str, str]
    names: frozenset[str]
    calls: frozenset[str]
    words: str


def refused(task: Task, trees: Sequence[ast.AST]) -> Iterator[str]:
    """What a candidate names but may not, in the order in which it comes up."""
    reading = _Reading(task, trees)
    for node in reading.nodes:
        yield from reading.faults(node)


@lru_cache(maxsize=8)  # a few files are asked about, each for many candidates
def _said(text: str) -> Said:
    tree = parsed(text)
    nodes = [*ast.walk(tree)] if tree else []
    known = _known(nodes)
    names = frozenset(name for node in nodes for name in _names(node, known))
    calls = frozenset(ast.unparse(node) for node in nodes if isinstance(node, ast.Call))
    return Said(known, names, calls, text)


class _Reading:
    def __init__(self, task: Task, trees: Sequence[ast.AST]) -> None:
        self.nodes = [node for tree in trees for node in ast.walk(tree)]
        self.above = {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}
        self.task = task
        self.said, self.source = _said(task.test_text), task.source_text
        self.project = {task.target.module.partition(".")[0], ""}
        own = _known(self.nodes)
        hidden = {name for tree in trees for name in _bound(tree)} - own.keys()
        self.known = {name: full for name, full in self.said.known.items() if name not in hidden} | own
        self.parameters = {node.arg for node in self.nodes if isinstance(node, ast.arg)}
        imported = [name for node in self.nodes if isinstance(node, ast.Import) for name in _names(node, {})]
        self.modules = {task.target.module, *imported, *(name for name in self.known.values() if "." not in name)}

    def faults(self, node: ast.AST) -> Iterator[str]:
        """What is wrong with a node; the nodes inside it are asked about separately."""
        names = _names(node, self.known)
        yield from filter(self._is_never_used, names)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from self._imported(node, names)
        elif isinstance(node, ast.Call):
            yield from self._called(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _FIELD.findall(node.value)
        elif isinstance(node, (ast.Name, ast.Attribute)) and not self._is_inside(node):
            yield from self._named(node, names[0])
        if isinstance(node, ast.Attribute) and _is_special(node.attr) and not self._is_known(node.attr):
            yield node.attr

    def _is_never_used(self, name: str) -> bool:
        """Whether it is forbidden, or new in the file and of a module that runs tests or what they start."""
        is_of_the_harness = name.partition(".")[0] in harmless.FORBIDDEN_MODULES and not self._is_own(name)
        return _is_forbidden(name) or (is_of_the_harness and name not in self.said.names)

    def _is_known(self, word: str) -> bool:
        is_listed = bool(harmless.DUNDERS.fullmatch(word))
        return is_listed or word in self.said.words or word in self.source

    def _is_inside(self, node: ast.AST) -> bool:
        """Whether it is the beginning of a longer name."""
        above = self.above.get(node)
        return isinstance(above, ast.Attribute) and above.value is node

    def _imported(self, node: ast.Import | ast.ImportFrom, names: Sequence[str]) -> Iterator[str]:
        for name in names:
            last = name.rpartition(".")[2] if isinstance(node, ast.ImportFrom) else ""
            is_strange = harmless.is_of_python(name) and not harmless.is_harmless(name)
            is_strange |= name.partition(".")[0] in harmless.UNWANTED or last in harmless.HIDDEN
            if last == "*" or (is_strange and name not in self.said.names and name != self.task.target.module):
                yield name

    def _hidden(self, name: str) -> Iterator[str]:
        """A module of Python's that is reached through another one, which has imported it."""
        module = self.task.target.module
        parts = ["", *name.removeprefix(module).split(".")] if name.startswith(module) else name.split(".")
        at = next((at for at, part in enumerate(parts) if at and part in harmless.HIDDEN), len(parts))
        inner = ".".join(parts[at:])
        if inner and name not in self.said.names and (at == len(parts) - 1 or not harmless.is_harmless(inner)):
            yield name

    def _named(self, node: ast.Name | ast.Attribute, name: str) -> Iterator[str]:
        if isinstance(node, ast.Name) and _is_special(name) and not self._may_be_named(node):
            yield name
        if name in BY_NAME and not self._is_called(node):
            yield f"{name} out of sight"
        root = _root(node)
        if root in {"request", "pytestconfig"} & self.parameters:
            yield from self._asked_of_pytest(name)
        if root not in self.known or self._is_parameter(node, root):
            return
        if name in self.modules and not self._is_looked_into(node):
            yield f"{name} out of sight"
        elif name in self.said.names and isinstance(node.ctx, ast.Load):
            return
        elif not isinstance(node.ctx, ast.Load) and isinstance(node, ast.Attribute) and not self._is_own(name):
            yield f"{name}, which it sets"
        elif harmless.is_of_python(name):
            yield from [] if harmless.is_harmless(name) else [name]
        else:
            yield from self._hidden(name)

    def _is_parameter(self, node: ast.AST, name: str) -> bool:
        """Whether an inner function has a parameter of this name: what is passed is checked where it is passed."""
        inside = node
        while inside in self.above:
            above = self.above[inside]
            if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                body = above.body if isinstance(above.body, list) else [above.body]
                parameters = {argument.arg for argument in ast.walk(above.args) if isinstance(argument, ast.arg)}
                if inside in body and name in parameters:
                    return True
            inside = above
        return False

    def _may_be_named(self, node: ast.Name) -> bool:
        """Whether a special name is one that modules have, or what a class says of itself (`__slots__ = ()`)."""
        above = [self.above.get(node, node)]
        above.append(self.above.get(above[0], node))
        is_of_class = isinstance(above[0], (ast.Assign, ast.AnnAssign)) and isinstance(above[1], ast.ClassDef)
        is_set = is_of_class and isinstance(node.ctx, ast.Store)
        return node.id in harmless.NAMES or (is_set and bool(harmless.DUNDERS.fullmatch(node.id)))

    def _is_called(self, node: ast.AST) -> bool:
        above = self.above.get(node)
        return isinstance(above, ast.Call) and above.func is node

    def _is_looked_into(self, node: ast.AST) -> bool:
        """Whether a module is passed to what looks into it by a name that can be read there, or is called."""
        call = self.above.get(node)
        if not isinstance(call, ast.Call):
            return False
        if call.func is node or ast.unparse(call) in self.said.calls:
            return True
        last = _dotted(call.func).rpartition(".")[2]
        return (last in REPLACING | BY_NAME and bool(_attribute(call))) or last == "reload"

    def _called(self, node: ast.Call) -> Iterator[str]:
        func = _dotted(node.func)
        last = func.rpartition(".")[2]
        if ast.unparse(node) in self.said.calls:
            return
        if func in BY_NAME and not _attribute(node):
            yield f"{func} with a name that is not there to read"
        elif func == "vars" and (not node.args or _root(node.args[0]) in self.known):
            yield "vars"
        elif self.known.get(func, func) == "pickle.loads" and any(map(_is_bytes, self.nodes)):
            yield "pickle.loads"
        if last in REPLACING and node.args and func not in {"getattr", "hasattr"}:
            yield from self._replaced(node, last)

    def _replaced(self, node: ast.Call, last: str) -> Iterator[str]:
        target, with_value = node.args[0], 1 if last == "delattr" else 2
        is_patched = len(node.args) == with_value  # a text is the whole name
        if isinstance(target, ast.Constant) and isinstance(target.value, str):
            yield from self._replaces(target.value)
        elif last == "patch" and not self._is_written_before(target):
            yield "patch with a name that is not there to read"
        elif (name := _full(_dotted(target), self.known)) and _root(target) in self.known:
            full_name = f"{name}.{_attribute(node)}" if _attribute(node) else name
            is_own = isinstance(node.func, ast.Name) and last in BY_NAME
            yield from (
                [f"{full_name}, which it sets"] if is_own and not self._is_own(name) else self._replaces(full_name)
            )
        elif is_patched and isinstance(target, (ast.BinOp, ast.JoinedStr)) and not self._is_written_before(target):
            yield f"{last} with a name that is not there to read"

    def _is_written_before(self, target: ast.expr) -> bool:
        """Whether a text is put together from names that the file already has."""
        names = [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]
        return bool(names) and all(name in self.said.words for name in names)

    def _is_own(self, name: str) -> bool:
        return name.partition(".")[0] in self.project

    def _replaces(self, name: str) -> Iterator[str]:
        """The name of what is replaced until the end of the test, if it may not be."""
        if name in harmless.REPLACEABLE or name in self.said.words:
            return
        if self._is_never_used(name) or (harmless.is_of_python(name) and not harmless.is_harmless(name)):
            yield name
        elif name.partition(".")[0] in harmless.FIXED and "." in name:
            yield f"{name}, which it sets"

    def _asked_of_pytest(self, name: str) -> Iterator[str]:
        """What is asked of pytest about the run, unless it is about the test."""
        first, *rest = name.split(".")
        parts = ["config", *rest] if first == "pytestconfig" else rest
        known = {"node": OF_NODE, "config": OF_CONFIG}.get(parts[0] if parts else "")
        is_told = parts[:1] and (parts[0] in OF_REQUEST if known is None else set(parts[1:2]) <= known)
        if not is_told and name not in self.said.names:
            yield name


def _is_forbidden(name: str) -> bool:
    """Whether no honest test needs it, under whatever name its module is reached."""
    parts = name.split(".")
    tails = {".".join(parts[at : at + 2]) for at in range(len(parts) - 1)}
    is_listed = name in harmless.FORBIDDEN or not tails.isdisjoint(harmless.FORBIDDEN)
    return is_listed or not harmless.INNER.isdisjoint(parts)


def _is_special(word: str) -> bool:
    return word.startswith("__") and word.endswith("__")


def _is_bytes(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, bytes) and bool(node.value)


def _known(nodes: Sequence[ast.AST]) -> dict[str, str]:
    """The names that imports bind, and what they stand for (`o` for `os`)."""
    statements = (node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom)))
    return {binding.name: _meant(binding) for node in statements for binding in imported(node)}


def _meant(binding: Binding) -> str:
    if binding.member is not None:
        return f"{binding.module}.{binding.member}"
    return binding.module if binding.alias else binding.name


def _from(node: ast.ImportFrom, alias: ast.alias) -> str:
    return f"{'.' * node.level}{node.module or ''}.{alias.name}"


def _bound(tree: ast.AST) -> set[str]:
    """The names that are local to a function throughout: its parameters, and what it assigns to."""
    if not isinstance(tree, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return set()
    waiting: list[ast.AST] = [*tree.body]
    names = {node.arg for node in ast.walk(tree.args) if isinstance(node, ast.arg)}
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Global):
            return set()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        waiting += [] if isinstance(node, SCOPES) else ast.iter_child_nodes(node)
    outside = [*tree.decorator_list, *tree.args.defaults, *filter(None, tree.args.kw_defaults)]
    return names - {node.id for part in outside for node in ast.walk(part) if isinstance(node, ast.Name)}


def _names(node: ast.AST, known: Mapping[str, str]) -> list[str]:
    """What a node names, in full."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [_from(node, alias) for alias in node.names]
    if isinstance(node, (ast.Name, ast.Attribute)):
        return [_full(_dotted(node), known)]
    if isinstance(node, ast.Call) and _dotted(node.func) in BY_NAME and node.args:
        return [_full(f"{_dotted(node.args[0])}.{_attribute(node)}", known)]
    return []


def _full(name: str, known: Mapping[str, str]) -> str:
    first, dot, rest = name.partition(".")
    return f"{known.get(first, first)}{dot}{rest}"


def _attribute(node: ast.Call) -> str:
    """The name that is passed to `getattr` and its like as a literal, "" when it is anything else."""
    second = node.args[1] if len(node.args) > 1 else None
    return second.value if isinstance(second, ast.Constant) and isinstance(second.value, str) else ""


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
