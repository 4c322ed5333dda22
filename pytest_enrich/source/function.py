"""A function's signature as its source declares it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytest_enrich.data.code import Kind, Parameter
from pytest_enrich.gaps.outline import Node
from pytest_enrich.source import docstring
from pytest_enrich.source.module import FUNCTIONS, Function, Module, dotted, own_nodes

_PROPERTIES = {"getter", "deleter"}
_CLASS_METHODS = {"__init_subclass__", "__class_getitem__"}


def kind(module: Module, node: Node) -> Kind:
    """What a function, class or module is, decorators understood."""
    if not isinstance(node, FUNCTIONS):
        return "module" if isinstance(node, ast.Module) else "class"
    outer = module.scope(node)
    if isinstance(outer, ast.Module):
        return "function"
    if any(isinstance(one, FUNCTIONS) for one in scopes(module, node)):
        return "nested"
    return _method(node)


def scopes(module: Module, node: Node) -> Iterator[Node]:
    """The functions and classes round a function or class, innermost first."""
    outer = module.scope(node)
    while not isinstance(outer, ast.Module):
        yield outer
        outer = module.scope(outer)


def _method(node: Function) -> Kind:
    names = {dotted(one).rpartition(".")[2] for one in node.decorator_list}
    if "classmethod" in names or node.name in _CLASS_METHODS:
        return "classmethod"
    if "staticmethod" in names:
        return "staticmethod"
    if "setter" in names:
        return "setter"
    is_property = any(name.endswith("property") or name in _PROPERTIES for name in names)
    return "property" if is_property else "method"


def parameters(module: Module, node: Node) -> tuple[Parameter, ...]:
    """A function's parameters, without the bound `self` or `cls`."""
    if not isinstance(node, FUNCTIONS):
        return ()
    documented = docstring.types(documentation(module, node))
    found = [_parameter(module, *parts, documented) for parts in _declared(node.args)]
    in_class = isinstance(module.scope(node), ast.ClassDef)
    bound = in_class and _method(node) != "staticmethod"
    return tuple(found[1:] if bound and found and "positional" in found[0].kind else found)


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


def _parameter(
    module: Module, arg: ast.arg, sort: str, default: ast.expr | None, documented: dict[str, str]
) -> Parameter:
    return Parameter(
        name=arg.arg,
        kind=sort,  # type: ignore[arg-type]
        annotation=module.text(arg.annotation) if arg.annotation else None,
        default=module.text(default) if default else None,
        documented=documented.get(arg.arg),
    )


def documentation(module: Module, node: Node) -> str | None:
    """The docstring; for `__init__` without one, its class's."""
    if not isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Module)):
        return None
    own = ast.get_docstring(node)
    outer = module.scope(node) if isinstance(node, FUNCTIONS) and node.name == "__init__" else None
    return own or (ast.get_docstring(outer) if isinstance(outer, ast.ClassDef) else None)


def is_generator(node: Node) -> bool:
    """Whether calling it gives a generator."""
    yields = (ast.Yield, ast.YieldFrom)
    return isinstance(node, FUNCTIONS) and any(isinstance(one, yields) for one in own_nodes(node))


def raises(node: Node) -> tuple[str, ...]:
    """The exceptions that the function raises by name; what it catches and raises again is not among them."""
    names = [dotted(one.exc) for one in own_nodes(node) if isinstance(one, ast.Raise) and one.exc]
    return tuple(dict.fromkeys(name for name in names if name.rpartition(".")[2][:1].isupper()))
