"""Conditions rewritten so that they report their operands to a probe, and otherwise behave as before."""

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
"""How two operands are compared, by operator: an operator and its negation are the same comparison."""
MATCHING = {"match", "fullmatch", "search", "finditer", "findall"}
SAMPLES: Mapping[str, str] = {"isdigit": "7", "isalpha": "ab", "isupper": "AB", "islower": "ab", "isspace": " "}
"""Methods that ask what kind of characters a text consists of, and such a text."""
METHODS = {"startswith", "endswith", *MATCHING, *SAMPLES}
UNUSUAL: Mapping[str, tuple[float, ...]] = {
    "isfinite": (math.inf, math.nan),
    "isinf": (math.inf, -math.inf),
    "isnan": (math.nan,),
}
"""Functions that ask whether a number is unusual, and such numbers."""
SORTS: Mapping[str, tuple[str, ...]] = {
    "iscoroutinefunction": ("⟨asyncio:sleep⟩",),
    "isawaitable": (AWAITABLE,),
    "isgenerator": ("(value for value in [1, 2])",),
    "isclass": ("⟨builtins:int⟩",),
    "isfunction": ("lambda value: value",),
}
"""Functions that ask for a kind of value, and templates of such values."""
FUNCTIONS = {*UNUSUAL, *SORTS}
"""Functions of one value, from `math`, `inspect` and the like, that say what kind it is."""
PAIRS: dict[str, Callable[[Any, Any], Any]] = {"isinstance": isinstance, "hasattr": hasattr}
"""Built-in functions that ask something about a value."""
LACKING = "attribute"
"""How a note says that an object was asked for an attribute that it does not have."""
MOST = 300


class Probing(ast.NodeTransformer):
    """Replaces each condition with a call of the probe."""

    def __init__(self) -> None:
        self._line = 0
        self._asked: dict[int, int] = {}
        self.conditions: set[int] = set()

    def visit(self, node: ast.AST) -> Any:
        """As in `NodeTransformer`; keeps track of the current statement."""
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        self._asked |= asked(node) if is_function else {}
        if isinstance(node, ast.stmt):
            self._line = self._asked.get(node.lineno, node.lineno)
        if is_function:
            return self._with_body(node)
        visited = super().visit(node)
        if isinstance(visited, ast.If | ast.While):
            self.conditions.add(visited.lineno)
        if isinstance(visited, ast.If | ast.While | ast.IfExp):
            visited.test = self._truth(visited.test, getattr(visited, "lineno", 0))
        return visited

    def _with_body(self, node: Any) -> Any:
        """Visit the body only: defaults and decorators run on import, and stay as they are."""
        body = node.body
        node.body = [*map(self.visit, body)] if isinstance(body, list) else self.visit(body)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """`a < b`; a chain becomes several comparisons, unless a middle operand may have side effects."""
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
        """`isinstance(a, b)`, `a.startswith(b)`, `isfinite(a)` and the like."""
        self.generic_visit(node)
        is_of_re = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "re"
        is_flagged = is_of_re and [keyword.arg for keyword in node.keywords] == ["flags"]
        if (node.keywords and not is_flagged) or any(isinstance(argument, ast.Starred) for argument in node.args):
            return node
        if isinstance(node.func, ast.Name) and node.func.id in PAIRS and len(node.args) > 1:
            return self._probe(node, self._line, node.func.id, *node.args)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in FUNCTIONS and len(node.args) == 1:
            return self._probe(node, self._line, name, *node.args, node.func)
        if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS and not _is_super(node.func.value):
            flags = [keyword.value for keyword in node.keywords]
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
        # Located one by one: ast.fix_missing_locations on a whole file takes as long as all the rest.
        parts = ast.Name(NAME, ast.Load()), ast.Constant(line), ast.Constant(how)
        name, *details = (ast.copy_location(part, node) for part in parts)
        return ast.copy_location(ast.Call(name, [*details, *operands], []), node)


def asked(function: ast.AST) -> dict[int, int]:
    """For the line of each `found = pattern.match(text)`, the line where a condition first uses `found`."""
    tests: dict[str, list[int]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            for part in ast.walk(node.test):
                tests.setdefault(getattr(part, "id", ""), []).append(node.lineno)
    assigned = [(node.targets[0], node.lineno) for node in ast.walk(function) if isinstance(node, ast.Assign)]
    later = {
        line: [tested for tested in tests.get(name.id, ()) if tested > line]
        for name, line in assigned
        if isinstance(name, ast.Name)
    }
    return {line: min(lines) for line, lines in later.items() if lines}


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


PROXIES = frozenset(weakref.ProxyTypes)


class Note(NamedTuple):
    """A condition that was evaluated: the line of its statement, how it compares, and both operands."""

    line: int
    how: str
    left: Any
    right: Any


class Probes:
    """The functions of a module, each with a twin that notes what it compares.

    Attributes:
        conditions: The lines of all `if` and `while` statements of the module.
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
        """Let the twins replace the functions; yields the list of what they note, on these lines or on all."""
        self.notes, self._lines = [], lines
        for function, twin, _ in self._twins:
            function.__code__ = twin
        try:
            yield self.notes
        finally:
            for function, _, own in self._twins:
                function.__code__ = own

    def _note(self, line: int, how: str, left: Any, right: Any = None, *rest: Any) -> Any:
        """Note a condition, and return its result."""
        is_open = len(self.notes) < MOST and (not self._lines or line in self._lines)
        # What a proxy refers to may be gone by the time it is looked at.
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
    """How a condition compares, as it is called in a `Note`."""
    return how if how in {"truth", *PAIRS, *METHODS, *FUNCTIONS} else COMPARISONS[getattr(ast, how)][0]


def _operands(left: Any, right: Any, rest: tuple[Any, ...]) -> tuple[Any, Any]:
    """The operands; for `re.match(pattern, text)`, as for `pattern.match(text)`, the pattern and the text."""
    if left is re and rest:
        return (re.compile(right, *rest[1:2]) if isinstance(right, str) else right), rest[0]
    return left, right


def _twins(module: ModuleType, probing: Probing) -> Iterator[tuple[FunctionType, CodeType, CodeType]]:
    """Each function of the module's file that has a twin, with the twin's code and its own."""
    filename = inspect.getsourcefile(module) or ""
    try:
        tree = ast.parse(inspect.getsource(module))
        whole = compile(probing.visit(tree), filename, "exec", dont_inherit=True)
    except Exception:  # no source, or one that only its own loader can read
        return
    twins = {(code.co_firstlineno, code.co_name): code for code in _inside(whole)}
    for function in _objects():
        if type(function) is not FunctionType or function.__code__.co_filename != whole.co_filename:
            continue
        own = function.__code__
        twin = twins.get((own.co_firstlineno, own.co_name))
        if twin is not None and own.co_name != "<lambda>" and twin.co_freevars == own.co_freevars:
            yield function, twin, own


def _objects() -> list[Any]:
    """All objects, also those that a forking process has frozen, where `gc.get_objects` would not find them."""
    were_frozen = bool(gc.get_freeze_count())
    gc.unfreeze()
    objects = gc.get_objects()
    if were_frozen:
        gc.freeze()
    return objects


def _inside(code: CodeType) -> Iterator[CodeType]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner
            yield from _inside(inner)
