"""Functions: their kind, parameters with documented types (Google, NumPy and Sphinx style), and nearest tests."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from heapq import nsmallest
from itertools import pairwise, takewhile

from pytest_enrich.data.code import Kind, NearTest, Parameter
from pytest_enrich.gaps import FileCoverage
from pytest_enrich.gaps.outline import Node
from pytest_enrich.source.module import FUNCTIONS, Function, Module, dotted

_SPHINX = re.compile(r"^\s*:param\s+(?P<type>[^:]+?)\s+\*{0,2}(?P<name>\w+)\s*:", re.MULTILINE)
_SPHINX_TYPE = re.compile(r"^\s*:type\s+\*{0,2}(?P<name>\w+)\s*:\s*(?P<type>.+?)\s*$", re.MULTILINE)
_GOOGLE = re.compile(r"^\s+\*{0,2}(?P<name>\w+)\s*\((?P<type>[^()]*(?:\([^()]*\)[^()]*)*)\)\s*:")
_NUMPY = re.compile(r"^\s*(?P<names>\*{0,2}\w+(?:\s*,\s*\*{0,2}\w+)*)\s*:\s*(?P<type>\S.*?)\s*$")
_GOOGLE_HEAD = re.compile(r"^((keyword )?(args|arguments)|parameters|params)\s*:\s*$", re.IGNORECASE)
_NUMPY_HEAD = re.compile(r"^(other )?parameters$", re.IGNORECASE)
_ADDED = re.compile(r",?\s*(optional|required|keyword-only|default\b.*|defaults to .*)\s*$", re.IGNORECASE)
_SPHINX_SAYING = re.compile(r"\s*:param\s+(\w+)\s*:\s*(.*)")
_SAYING = re.compile(r"\s+\*{0,2}(\w+)\s*:\s*(.*)")
_SAID = {
    "bool", "boolean", "callable", "datetime", "dict", "dictionary", "float", "int", "integer", "iterable", "list",
    "none", "str", "string", "text", "timedelta", "tuple",
}  # fmt: skip
"""Types that may begin the description of a parameter; `number`, `set` and `date` mean other things there."""
_BESIDE = {"a", "an", "either", "optional", "or", "the"}
_PROPERTIES = {"getter", "deleter"}
_CLASS_METHODS = {"__init_subclass__", "__class_getitem__"}
_MOST = 200
_MOST_STRANGERS = 20


def docstring_types(docstring: str | None) -> dict[str, str]:
    """The documented type of each parameter that has one."""
    if not docstring:
        return {}
    pairs = [*_prose(docstring), *_sphinx(docstring), *_google(docstring), *_numpy(docstring)]
    return {name: kind for name, kind in ((name, _plain(kind)) for name, kind in pairs) if kind}


def _plain(kind: str) -> str:
    before = ""
    while before != kind:
        before, kind = kind, _ADDED.sub("", kind)
    return kind.strip(" `,.")


def _prose(docstring: str) -> Iterator[tuple[str, str]]:
    """The types that begin a description: `name: str, the name`, `:param days: A list of days`.

    What follows the type (how many of it, or which part) is left out.
    """
    for line, inside in _sections(docstring):
        match = _SPHINX_SAYING.match(line) or (_SAYING.match(line) if inside else None)
        words = re.findall(r"\w+|[^\w\s|/]", match[2].lower()) if match else ()
        types = [word for word in takewhile(lambda word: word in _SAID | _BESIDE, words) if word in _SAID]
        yield from [(match[1], " or ".join(types))] if match and types else []


def _sphinx(docstring: str) -> Iterator[tuple[str, str]]:
    for pattern in (_SPHINX, _SPHINX_TYPE):
        yield from ((match["name"], match["type"]) for match in pattern.finditer(docstring))


def _google(docstring: str) -> Iterator[tuple[str, str]]:
    for line, inside in _sections(docstring):
        match = _GOOGLE.match(line) if inside else None
        if match:
            yield match["name"], match["type"]


def _sections(docstring: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is in a Google-style section of arguments."""
    inside = False
    for line in docstring.splitlines():
        if line.strip() and not line.startswith((" ", "\t")):
            inside = _GOOGLE_HEAD.match(line.strip()) is not None
        yield line, inside


def _numpy(docstring: str) -> Iterator[tuple[str, str]]:
    lines = [*docstring.splitlines(), ""]
    inside = False
    for line, below in pairwise(lines):
        if below.strip() and not below.strip("- \t"):
            inside = _NUMPY_HEAD.match(line.strip()) is not None
        match = _NUMPY.match(line) if inside and not line.startswith((" ", "\t")) else None
        for name in match["names"].split(",") if match else ():
            yield name.strip(" *"), match["type"] if match else ""


def kind(module: Module, node: Node) -> Kind:
    """The kind of a function, class or module, taking decorators into account."""
    if not isinstance(node, FUNCTIONS):
        return "module" if isinstance(node, ast.Module) else "class"
    outer = module.scope(node)
    if isinstance(outer, ast.Module):
        return "function"
    if any(isinstance(scope, FUNCTIONS) for scope in scopes(module, node)):
        return "nested"
    return _method(node)


def scopes(module: Module, node: Node) -> Iterator[Node]:
    """The functions and classes around a function or class, innermost first."""
    outer = module.scope(node)
    while not isinstance(outer, ast.Module):
        yield outer
        outer = module.scope(outer)


def _method(node: Function) -> Kind:
    names = {dotted(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    if "classmethod" in names or node.name in _CLASS_METHODS:
        return "classmethod"
    if "staticmethod" in names:
        return "staticmethod"
    if "setter" in names:
        return "setter"
    is_property = any(name.lower().endswith("property") or name in _PROPERTIES for name in names)
    return "property" if is_property else "method"


def parameters(module: Module, node: Node) -> tuple[Parameter, ...]:
    """A function's parameters, without the bound `self` or `cls`."""
    if not isinstance(node, FUNCTIONS):
        return ()
    documented = docstring_types(documentation(module, node))
    declared = [_parameter(*parts, documented) for parts in _declared(node.args)]
    in_class = isinstance(module.scope(node), ast.ClassDef)
    bound = in_class and _method(node) != "staticmethod"
    return tuple(declared[1:] if bound and declared and "positional" in declared[0].kind else declared)


def _declared(args: ast.arguments) -> Iterator[tuple[ast.arg, str, ast.expr | None]]:
    positional = [*args.posonlyargs, *args.args]
    defaults = [*[None] * (len(positional) - len(args.defaults)), *args.defaults]
    for index, (arg, default) in enumerate(zip(positional, defaults, strict=True)):
        yield arg, "positional only" if index < len(args.posonlyargs) else "positional", default
    if args.vararg:
        yield args.vararg, "variadic", None
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        yield arg, "keyword only", default
    if args.kwarg:
        yield args.kwarg, "keywords", None


def _parameter(arg: ast.arg, sort: str, default: ast.expr | None, documented: dict[str, str]) -> Parameter:
    return Parameter(
        name=arg.arg,
        kind=sort,  # type: ignore[arg-type]
        annotation=ast.unparse(arg.annotation) if arg.annotation else None,
        default=ast.unparse(default) if default else None,
        documented=documented.get(arg.arg),
    )


def documentation(module: Module, node: Node) -> str | None:
    """The docstring of a node; for an `__init__` without one, that of its class."""
    if not isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Module)):
        return None
    own = ast.get_docstring(node)
    outer = module.scope(node) if isinstance(node, FUNCTIONS) and node.name == "__init__" else None
    return own or (ast.get_docstring(outer) if isinstance(outer, ast.ClassDef) else None)


def nearest(module: Module, node: Node, file: FileCoverage, everything: Counter[str]) -> tuple[NearTest, ...]:
    """Tests that run lines of the function, those that run most of them first.

    If two run equally many, the one that runs less of the rest of the file is nearer. Tests that run none of it
    share 0 lines: those that run most of its `relatives` and, if no test runs the function, then those that run
    most of its class, then most of the module.

    Args:
        module: The module of the function.
        node: The function.
        file: What coverage says about the module.
        everything: How many lines of the file each test runs.
    """
    inside, kin, around = counted(file, _body(module, node)), Counter[str](), Counter[str]()
    for relative in relatives(module, node):
        kin.update(counted(file, _body(module, relative)))
    ranked = nsmallest(_MOST, inside, key=lambda test: (-inside[test], everything[test], test))
    others = nsmallest(
        _MOST_STRANGERS, kin.keys() - inside.keys(), key=lambda test: (-kin[test], everything[test], test)
    )
    if not inside:
        for outer in scopes(module, node):
            around.update(counted(file, _body(module, outer)))
        others += nsmallest(_MOST_STRANGERS, everything, key=lambda test: (-around[test], -everything[test], test))
    return tuple(NearTest(nodeid=test, shared=inside[test]) for test in dict.fromkeys([*ranked, *others]))


def relatives(module: Module, node: Node) -> tuple[Node, ...]:
    """The methods of its name in classes that share a base with its own, or one of which is the other's base."""
    owner = module.scope(node)
    if not isinstance(node, FUNCTIONS) or not isinstance(owner, ast.ClassDef):
        return ()
    family = _family(owner)
    named = (function for function in module.functions() if function.name == node.name)
    scoped = ((function, module.scope(function)) for function in named)
    return tuple(
        function
        for function, scope in scoped
        if isinstance(scope, ast.ClassDef) and scope is not owner and family & _family(scope)
    )


def _family(owner: ast.ClassDef) -> set[str]:
    """The names of a class and its bases."""
    return {owner.name, *map(ast.unparse, owner.bases)} - {"object"}


def is_entered(module: Module, file: FileCoverage) -> bool:
    """Whether a test runs a function of the module; code that runs on import belongs to no test."""
    return any(file.contexts.get(line) for node in module.functions() for line in _body(module, node))


def _body(module: Module, node: Node) -> Iterable[int]:
    """The lines of a function without its `def` and decorators, which run on import."""
    body = getattr(node, "body", [])
    first = module.outline.text.first(body[0].lineno) if body else 1
    header = getattr(node, "lineno", 0)
    return range(max(first, header + 1), module.extent(node)[1] + 1)


def counted(file: FileCoverage, lines: Iterable[int]) -> Counter[str]:
    """How many of these lines each test runs."""
    return Counter(test for line in lines for test in file.contexts.get(line, ()))
