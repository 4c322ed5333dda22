"""Conditions rewritten so that they tell their operands to a probe, and do what they did."""

from __future__ import annotations

import ast
import contextlib
import gc
import inspect
import math
import operator
import re
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

from ..rules.types import AWAITABLE

NAME = "_enrich_probe_"
COMPARISONS: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("==", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<", operator.le),
    ast.Gt: ("<", operator.gt),
    ast.GtE: ("<", operator.ge),
    ast.Is: ("==", operator.is_),
    ast.IsNot: ("==", operator.is_not),
    ast.In: ("in", lambda left, right: left in right),
    ast.NotIn: ("in", lambda left, right: left not in right),
}
"""How two operands are compared (what brings them together matters, not which of both comes out), by operator."""
MATCHING = {"match", "fullmatch", "search", "finditer", "findall"}
SAMPLES: Mapping[str, str] = {"isdigit": "7", "isalpha": "ab", "isupper": "AB", "islower": "ab", "isspace": " "}
"""Methods that ask what signs a text is of, and such a text."""
METHODS = {"startswith", "endswith", *MATCHING, *SAMPLES}
UNUSUAL: Mapping[str, tuple[float, ...]] = {
    "isfinite": (math.inf, math.nan),
    "isinf": (math.inf, -math.inf),
    "isnan": (math.nan,),
}
"""Functions that ask whether a number is an unusual one, and such numbers."""
SORTS: Mapping[str, tuple[str, ...]] = {
    "iscoroutinefunction": ("⟨asyncio:sleep⟩",),
    "isawaitable": (AWAITABLE,),
    "isgenerator": ("(value for value in [1, 2])",),
    "isclass": ("⟨builtins:int⟩",),
    "isfunction": ("lambda value: value",),
}
"""Functions that ask for a sort of value, and templates of such values."""
FUNCTIONS = {*UNUSUAL, *SORTS}
"""Functions of one value, of `math`, `inspect` and their like, that say what sort it is."""
PAIRS: dict[str, Callable[[Any, Any], Any]] = {"isinstance": isinstance, "hasattr": hasattr}
"""Built-in functions that ask something of a value."""
MOST = 300


class Probing(ast.NodeTransformer):
    """Puts a call of the probe in the place of each condition."""

    def __init__(self) -> None:
        self._line = 0
        self._asked: dict[int, int] = {}
        self.conditions: set[int] = set()

    def visit(self, node: ast.AST) -> Any:
        """As `NodeTransformer`; remembers the statement."""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            self._asked |= asked(node)
        if isinstance(node, ast.stmt):
            self._line = self._asked.get(node.lineno, node.lineno)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return self._with_body(node)
        visited = super().visit(node)
        if isinstance(visited, ast.If | ast.While):
            self.conditions.add(visited.lineno)
        if isinstance(visited, ast.If | ast.While | ast.IfExp):
            visited.test = self._truth(visited.test, getattr(visited, "lineno", 0))
        return visited

    def _with_body(self, node: Any) -> Any:
        """Defaults and decorators run on import, and stay as they are."""
        node.body = (
            self.visit(node.body)
            if isinstance(node, ast.Lambda)
            else [self.visit(statement) for statement in node.body]
        )
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """`a < b`; a chain becomes several, unless what stands in its middle may do something."""
        self.generic_visit(node)
        if not all(isinstance(operand, ast.Name | ast.Constant) for operand in node.comparators[:-1]):
            return node
        lefts = [node.left, *node.comparators]
        parts: list[ast.expr] = [
            self._probe(node, self._line, type(op).__name__, left, right)
            for left, op, right in zip(lefts, node.ops, node.comparators, strict=False)
        ]
        return parts[0] if len(parts) == 1 else ast.copy_location(ast.BoolOp(ast.And(), parts), node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """`isinstance(a, b)`, `a.startswith(b)`, `isfinite(a)` and their like."""
        self.generic_visit(node)
        is_of_re = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "re"
        is_flagged = is_of_re and [one.arg for one in node.keywords] == ["flags"]
        if (node.keywords and not is_flagged) or any(isinstance(one, ast.Starred) for one in node.args):
            return node
        if isinstance(node.func, ast.Name) and node.func.id in PAIRS and len(node.args) > 1:
            return self._probe(node, self._line, node.func.id, *node.args)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in FUNCTIONS and len(node.args) == 1:
            return self._probe(node, self._line, name, *node.args, node.func)
        if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS and not _is_super(node.func.value):
            flags = [one.value for one in node.keywords]
            return self._probe(node, self._line, node.func.attr, node.func.value, *node.args, *flags)
        return node

    def _truth(self, test: ast.expr, line: int) -> ast.expr:
        if isinstance(test, ast.BoolOp):
            test.values = [self._truth(part, line) for part in test.values]
            return test
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test.operand = self._truth(test.operand, line)
            return test
        is_probe = isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == NAME
        return test if is_probe or isinstance(test, ast.Constant) else self._probe(test, line, "truth", test)

    @staticmethod
    def _probe(node: ast.expr, line: int, how: str, *operands: ast.expr) -> ast.expr:
        # Located one by one: to fix what is missing in a whole file takes as long as all the rest.
        made = ast.Name(NAME, ast.Load()), ast.Constant(line), ast.Constant(how)
        name, *told = (ast.copy_location(argument, node) for argument in made)
        return ast.copy_location(ast.Call(name, [*told, *operands], []), node)


def asked(function: ast.AST) -> dict[int, int]:
    """By the line of `found = pattern.match(text)` the line where a condition first asks for what was found."""
    tests: dict[str, list[int]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            for one in ast.walk(node.test):
                tests.setdefault(getattr(one, "id", ""), []).append(node.lineno)
    made = [(node.targets[0], node.lineno) for node in ast.walk(function) if isinstance(node, ast.Assign)]
    later = {
        line: [at for at in tests.get(name.id, ()) if at > line]
        for name, line in made
        if isinstance(name, ast.Name)
    }
    return {line: min(lines) for line, lines in later.items() if lines}


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


PROXIES = frozenset(weakref.ProxyTypes)


class Note(NamedTuple):
    """A condition that was evaluated: the statement's line, how it compares, and both operands."""

    line: int
    how: str
    left: Any
    right: Any


class Probes:
    """A module's functions, each with a twin that notes what it compares.

    Attributes:
        conditions: The lines of all conditions of the module that decide what is run.
    """

    def __init__(self, module: ModuleType) -> None:
        self.notes: list[Note] = []
        self._lines: Collection[int] = ()
        probing = Probing()
        self._twins = list(_twins(module, probing))
        self.conditions = frozenset(probing.conditions)
        vars(module)[NAME] = self._note

    @contextlib.contextmanager
    def watching(self, lines: Collection[int] = ()) -> Iterator[list[Note]]:
        """The twins take the functions' places; what they note, of these lines or of all, is in the list."""
        self.notes, self._lines = [], lines
        for function, twin, _ in self._twins:
            function.__code__ = twin
        try:
            yield self.notes
        finally:
            for function, _, own in self._twins:
                function.__code__ = own

    def _note(self, line: int, how: str, left: Any, right: Any = None, *rest: Any) -> Any:
        """What the condition gives, once it is noted."""
        is_open = len(self.notes) < MOST and (not self._lines or line in self._lines)
        # What a proxy stands for may be gone by the time that it is looked at.
        if is_open and not {type(left), type(right)} & PROXIES:
            self.notes.append(Note(line, _kind(how), *_operands(left, right, rest)))
        if how == "truth":
            return left
        if how in FUNCTIONS:
            return right(left)
        if how in METHODS:
            return getattr(left, how)(*([] if right is None else [right]), *rest)
        return (PAIRS[how] if how in PAIRS else COMPARISONS[getattr(ast, how)][1])(left, right)


def _kind(how: str) -> str:
    """How a condition compares, for those who learn from it."""
    return how if how in {"truth", *PAIRS, *METHODS, *FUNCTIONS} else COMPARISONS[getattr(ast, how)][0]


def _operands(left: Any, right: Any, rest: tuple[Any, ...]) -> tuple[Any, Any]:
    """Of `re.match(pattern, text)` as of `pattern.match(text)`: the pattern and the text."""
    if left is re and rest:
        return (re.compile(right, *rest[1:2]) if isinstance(right, str) else right), rest[0]
    return left, right


def _twins(module: ModuleType, probing: Probing) -> Iterator[tuple[FunctionType, CodeType, CodeType]]:
    """Each function of the module's file that has a twin, the twin's code and its own."""
    filename = inspect.getsourcefile(module) or ""
    try:
        tree = ast.parse(inspect.getsource(module))
        whole = compile(probing.visit(tree), filename, "exec", dont_inherit=True)
    except Exception:  # no source, or one that only its own loader can read
        return
    twins = {(code.co_firstlineno, code.co_name): code for code in _inside(whole)}
    for found in _objects():
        if type(found) is not FunctionType or found.__code__.co_filename != whole.co_filename:
            continue
        own = found.__code__
        twin = twins.get((own.co_firstlineno, own.co_name))
        if twin is not None and own.co_name != "<lambda>" and twin.co_freevars == own.co_freevars:
            yield found, twin, own


def _objects() -> list[Any]:
    """All objects; a process that forks sets those that it has aside, where they would not be found."""
    were_frozen = bool(gc.get_freeze_count())
    gc.unfreeze()
    found = gc.get_objects()
    if were_frozen:
        gc.freeze()
    return found


def _inside(code: CodeType) -> Iterator[CodeType]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner
            yield from _inside(inner)
