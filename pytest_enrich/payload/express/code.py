"""Names to be imported, and the source that they stand for here."""

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
        return None  # a test that imports a private name ties it down
    public = module.removeprefix("_")
    for candidate in (public, module):
        if find(candidate, qualname) is value:
            # Of `_hashlib.openssl_sha256` people know `hashlib.sha256`.
            known = _known_as(value, public) if candidate != public else None
            return f"⟨{public}:{known}⟩" if known else f"⟨{candidate}:{qualname}⟩"
    return None


def _known_as(value: object, module: str) -> str | None:
    """The name of something in a module."""
    held = vars(sys.modules[module]) if module in sys.modules else {}
    return next((name for name, one in held.items() if one is value and not name.startswith("_")), None)


def _is_test(module: str) -> bool:
    """Names from tests do not exist where another test is: they are left to templates of that file."""
    last = module.rpartition(".")[2]
    return last in {"__main__", "conftest"} or last.startswith("test_") or last.endswith("_test")


def find(module: str, qualname: str) -> object:
    """What is known by that name in a module that is imported already, itself for ""; None for nothing."""
    found: object = sys.modules.get(module)
    for part in filter(None, qualname.split(".")):
        found = getattr(found, part, None)
    return found


def compilable(template: str) -> tuple[str, dict[str, object]]:
    """Plain Python source for `template`, and the namespace it runs in.

    Raises:
        LookupError: A name in it does not exist here.
    """
    namespace: dict[str, object] = {}

    def bind(match: re.Match[str]) -> str:
        name = f"_{match[1].replace('.', '_')}__{match[2].replace('.', '_')}"
        if name not in namespace:
            __import__(match[1])
            if (found := find(match[1], match[2])) is None:
                raise LookupError(match[0])
            namespace[name] = found
        return name

    return NAME.sub(bind, template), namespace


class UnmadeError(Exception):
    """What an object raised that refuses to be made, and is no `Exception` itself."""


def evaluate(template: str) -> object:
    """What the template stands for, made anew.

    Raises:
        Exception: Whatever making it raises.
    """
    source, namespace = compilable(template)
    return made(_compiled(source), namespace)


def made(code: types.CodeType, namespace: dict[str, object]) -> Any:
    """What an expression gives; an object may refuse to be made by whatever it likes, pytest's `Failed`, say.

    Raises:
        Exception: Whatever making it raises.
    """
    try:
        return eval(code, namespace)
    except Exception:
        raise
    except BaseException as error:  # nobody who makes a value expects that
        raise UnmadeError(type(error).__name__) from error


@lru_cache(maxsize=10_000)
def _compiled(source: str) -> types.CodeType:
    return compile(source.strip(), "<enrich>", "eval")


def function(value: types.FunctionType) -> str | None:
    """A lambda that does what `value` does, where that is one expression and all that it needs can be imported."""
    code = value.__code__
    if value.__kwdefaults__ or code.co_flags & NOT_PLAIN:
        return None
    found = list(_definitions(code))
    # Two lambdas on one line are told apart by what they are compiled to.
    same = [node for node in found if _parts(_code_of(node)) == _parts(code)] if found[1:] else found
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
    """The template of an expression whose free names stand for `names`; None when one cannot be imported."""
    marks: dict[str, str | None] = {}
    changed = _Marking(names, bound(node), marks).visit(ast.parse(ast.unparse(node), mode="eval").body)
    text = ast.unparse(ast.fix_missing_locations(changed))
    if "⟨" in text or "⟩" in text or None in marks.values():
        return None
    for mark, template in marks.items():
        text = text.replace(mark, str(template))
    return text


class _Marking(ast.NodeTransformer):
    """Puts a mark in the place of each name that is to be imported, the longest dotted one first."""

    def __init__(self, names: Mapping[str, object], bound: set[str], marks: dict[str, str | None]) -> None:
        self._names, self._bound, self._marks = names, bound, marks

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        root, *path = _dotted(node) or [""]
        held = self._names.get(root) if root not in self._bound else None
        if not isinstance(held, types.ModuleType):
            return self.generic_visit(node)  # type: ignore[return-value]
        for part in path:
            held = getattr(held, part, None)
        return self._mark(held)

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
    stored = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return stored | {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)}


def _definitions(code: types.CodeType) -> Iterator[ast.Lambda]:
    """The lambdas, and the functions of one `return`, that begin on the code's first line."""
    for node in _tree(code.co_filename):
        if isinstance(node, ast.Lambda) and code.co_name == "<lambda>" and node.lineno == code.co_firstlineno:
            yield node
        elif isinstance(node, ast.FunctionDef) and (node.lineno, node.name) == (code.co_firstlineno, code.co_name):
            only = node.body[-1] if len(node.body) == 1 and not node.decorator_list else None
            if isinstance(only, ast.Return) and only.value is not None:
                yield ast.Lambda(_unannotated(node.args), only.value)


def _unannotated(arguments: ast.arguments) -> ast.arguments:
    """A lambda's parameters have no annotations."""
    copy = deepcopy(arguments)
    for node in ast.walk(copy):
        if isinstance(node, ast.arg):
            node.annotation = None
    return copy


def _code_of(node: ast.Lambda) -> types.CodeType | None:
    whole = compile(ast.unparse(node), "<enrich>", "eval")
    return next((one for one in whole.co_consts if isinstance(one, types.CodeType)), None)


def _parts(code: types.CodeType | None) -> tuple[tuple[object, ...], ...]:
    """What a lambda is made of, whether its names are closed over or global."""
    if code is None:
        return ()
    constants = tuple(repr(one) for one in code.co_consts if not isinstance(one, types.CodeType))
    signs = (one.opname + one.argrepr for one in dis.get_instructions(code) if one.opname.startswith(OPERATIONS))
    return code.co_varnames, (*sorted((*code.co_names, *code.co_freevars)),), constants, (*signs,)


@lru_cache(maxsize=32)
def _tree(filename: str) -> tuple[ast.AST, ...]:
    try:
        return tuple(ast.walk(ast.parse("".join(linecache.getlines(filename)))))
    except (SyntaxError, ValueError, RecursionError):
        return ()
