"""Names to be imported, and the objects that they stand for here."""

from __future__ import annotations

import ast
import builtins
import dis
import inspect
import linecache
import re
import sys
import types
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any

from .values import SCALARS

NAME = re.compile(r"⟨([\w.]+):([\w.]+)⟩")
LONGEST = 70
TEXT = "_enrich_name_{}_"
OPERATIONS = ("BINARY", "COMPARE", "CONTAINS", "IS_", "UNARY")
NOT_PLAIN = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def named(value: object) -> str | None:
    """The template of a class or function that can be imported by name, or None."""
    module, qualname = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(qualname, str) or "<" in qualname or _is_test(module):
        return None
    if any(part.startswith("_") for part in qualname.split(".")):
        return None  # a test that imports a private name prevents changing it
    public = module.removeprefix("_")
    for candidate in (public, module):
        if find(candidate, qualname) is value:
            # People know `_hashlib.openssl_sha256` as `hashlib.sha256`.
            name = kept(value, vars(sys.modules.get(public, types))) if candidate != public else None
            return f"⟨{public}:{name}⟩" if name else f"⟨{candidate}:{qualname}⟩"
    return None


def kept(value: object, namespace: Mapping[str, object]) -> str | None:
    """The first public name of this very object in a namespace."""
    return next((name for name, item in namespace.items() if item is value and not name.startswith("_")), None)


def _is_test(module: str) -> bool:
    """Whether a module has tests: another test file cannot import its names."""
    last = module.rpartition(".")[2]
    return last in {"__main__", "conftest"} or last.startswith("test_") or last.endswith("_test")


def find(module: str, qualname: str) -> object:
    """What has that name in a module that is imported already ("" for the module itself); None if nothing has."""
    item: object = sys.modules.get(module)
    for part in filter(None, qualname.split(".")):
        item = getattr(item, part, None)
    return item


def compilable(template: str) -> tuple[str, dict[str, object]]:
    """Plain Python source for `template`, and the namespace to run it in.

    Raises:
        LookupError: A name in it does not exist here.
    """
    namespace: dict[str, object] = {}

    def bind(match: re.Match[str]) -> str:
        name = f"_{match[1].replace('.', '_')}__{match[2].replace('.', '_')}"
        if name not in namespace:
            __import__(match[1])
            if (item := find(match[1], match[2])) is None:
                raise LookupError(match[0])
            namespace[name] = item
        return name

    return NAME.sub(bind, template), namespace


class UnmadeError(Exception):
    """Making an object raised something that is not an `Exception`."""


def evaluate(template: str) -> object:
    """What the template stands for, made anew.

    Raises:
        Exception: Whatever making it raises.
    """
    source, namespace = compilable(template)
    return made(_compiled(source), namespace)


def made(code: types.CodeType, namespace: dict[str, object]) -> Any:
    """The value of an expression; making it may raise anything, such as pytest's `Failed`.

    Raises:
        Exception: Whatever making it raises.
    """
    try:
        return eval(code, namespace)
    except Exception:
        raise
    except BaseException as error:  # callers only expect an `Exception`
        raise UnmadeError(type(error).__name__) from error


@lru_cache(maxsize=10_000)
def _compiled(source: str) -> types.CodeType:
    return compile(source.strip(), "<enrich>", "eval")


def function(value: types.FunctionType) -> str | None:
    """A lambda that does what `value` does, if that is one expression and all its names can be imported."""
    code = value.__code__
    if value.__kwdefaults__ or code.co_flags & NOT_PLAIN:
        return None
    lambdas = list(_definitions(code))
    # Two lambdas on one line are told apart by their compiled code.
    same = [node for node in lambdas if _parts(_code_of(node)) == _parts(code)] if lambdas[1:] else lambdas
    if len({ast.unparse(node) for node in same}) != 1:
        return None
    inner = dict(zip(code.co_freevars, value.__closure__ or (), strict=False))
    try:
        names = {**value.__globals__, **{name: cell.cell_contents for name, cell in inner.items()}}
    except ValueError:  # a cell that holds nothing yet
        return None
    text = written(same[0], names)
    return text if text is not None and len(text) <= LONGEST else None


def written(node: ast.expr, names: Mapping[str, object]) -> str | None:
    """The template of an expression whose free names mean what `names` says; None if one cannot be imported."""
    marks: dict[str, str | None] = {}
    changed = _Marking(names, bound(node), marks).visit(ast.parse(ast.unparse(node), mode="eval").body)
    text = ast.unparse(ast.fix_missing_locations(changed))
    if "⟨" in text or "⟩" in text or None in marks.values():
        return None
    for mark, template in marks.items():
        text = text.replace(mark, str(template))
    return text


class _Marking(ast.NodeTransformer):
    """Replaces each name to be imported with a mark; a dotted name as a whole."""

    def __init__(self, names: Mapping[str, object], bound: set[str], marks: dict[str, str | None]) -> None:
        self._names, self._bound, self._marks = names, bound, marks

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        root, *path = _dotted(node) or [""]
        value = self._names.get(root) if root not in self._bound else None
        if not isinstance(value, types.ModuleType):
            return self.generic_visit(node)  # type: ignore[return-value]
        for part in path:
            value = getattr(value, part, None)
        return self._mark(value)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self._bound:
            return node
        if node.id in self._names:
            return self._mark(self._names[node.id])
        return node if hasattr(builtins, node.id) else self._mark(types.SimpleNamespace())

    def _mark(self, value: object) -> ast.Name:
        plain = SCALARS.get(type(value))
        template = plain(value) if plain else named(value)
        mark = TEXT.format(len(self._marks))
        self._marks[mark] = template
        return ast.Name(mark, ast.Load())


def _dotted(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Attribute):
        inner = _dotted(node.value)
        return [*inner, node.attr] if inner else []
    return [node.id] if isinstance(node, ast.Name) else []


def bound(node: ast.expr) -> set[str]:
    """The names that the expression binds itself."""
    stored = {name.id for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
    return stored | {argument.arg for argument in ast.walk(node) if isinstance(argument, ast.arg)}


def _definitions(code: types.CodeType) -> Iterator[ast.Lambda]:
    """The lambdas, and as lambdas the functions of one `return`, that begin on the code's first line."""
    for node in _tree(code.co_filename):
        if isinstance(node, ast.Lambda) and code.co_name == "<lambda>" and node.lineno == code.co_firstlineno:
            yield node
        elif isinstance(node, ast.FunctionDef) and (node.lineno, node.name) == (code.co_firstlineno, code.co_name):
            only = node.body[-1] if len(node.body) == 1 and not node.decorator_list else None
            if isinstance(only, ast.Return) and only.value is not None:
                yield ast.Lambda(_unannotated(node.args), only.value)


def _unannotated(arguments: ast.arguments) -> ast.arguments:
    """The parameters without annotations, as a lambda needs them."""
    copy = deepcopy(arguments)
    for node in ast.walk(copy):
        if isinstance(node, ast.arg):
            node.annotation = None
    return copy


def _code_of(node: ast.Lambda) -> types.CodeType | None:
    whole = compile(ast.unparse(node), "<enrich>", "eval")
    return next((constant for constant in whole.co_consts if isinstance(constant, types.CodeType)), None)


def _parts(code: types.CodeType | None) -> tuple[tuple[object, ...], ...]:
    """What a lambda consists of, the same whether its names are closed over or global."""
    if code is None:
        return ()
    constants = tuple(repr(value) for value in code.co_consts if not isinstance(value, types.CodeType))
    operations = (op.opname + op.argrepr for op in dis.get_instructions(code) if op.opname.startswith(OPERATIONS))
    return code.co_varnames, (*sorted((*code.co_names, *code.co_freevars)),), constants, (*operations,)


@lru_cache(maxsize=32)
def _tree(filename: str) -> tuple[ast.AST, ...]:
    try:
        return tuple(ast.walk(ast.parse("".join(linecache.getlines(filename)))))
    except (SyntaxError, ValueError, RecursionError):
        return ()
