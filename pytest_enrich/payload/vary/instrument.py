"""A test file's text with its tests opened: holes ask for their value, and points tell what they see."""

from __future__ import annotations

import ast
import copy
from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from ..candidate import TextFinder
from .probe import Probe

NAME = "_enrich_probe"
LEFT_OUT, INSTEAD = "-", "="
"""Of `Hole.adds`: a statement that may be left out, an expression that may be another one."""
TOLD = "!"
"""The first sign of what a stand-in may be told above a statement."""
Span: TypeAlias = tuple[int, int, int, int]


class Instrumented(TextFinder):
    """Serves the text with the tests of these patterns opened; `probe` is what they talk to."""

    def __init__(self, path: Path, text: str, patterns: list[dict[str, Any]], probe: Probe) -> None:
        super().__init__(path, text)
        self._patterns = patterns
        self._probe = probe

    def exec_module(self, module: ModuleType) -> None:
        """With the probe under a name of its own."""
        module.__dict__[NAME] = self._probe
        super().exec_module(module)

    def _tree(self) -> ast.Module:
        tree = super()._tree()
        for pattern in self._patterns:
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno == pattern["line"]:
                    node.body = [_Opener(pattern).visit(statement) for statement in node.body]
        return ast.fix_missing_locations(tree)


class _Opener(ast.NodeTransformer):
    """Puts calls of the probe in the place of a test's holes and points; all lines stay where they are."""

    def __init__(self, pattern: dict[str, Any]) -> None:
        self._holes: dict[Span, int] = {}
        self._steps: dict[Span, int] = {}
        self._settings: dict[Span, list[tuple[int, str]]] = defaultdict(list)
        self._told: dict[Span, list[tuple[int, str]]] = defaultdict(list)
        self._added: dict[Span, list[tuple[int, str]]] = defaultdict(list)
        for at, hole in enumerate(pattern["holes"]):
            if hole["adds"] == LEFT_OUT:
                self._steps[tuple(hole["span"])] = at
            elif hole["adds"][:1] == TOLD:
                self._told[tuple(hole["span"])].append((at, hole["adds"][1:]))
            elif hole["adds"][:1] in {".", "["}:
                self._settings[tuple(hole["span"])].append((at, hole["adds"]))
            elif hole["span"] and hole["adds"] not in {"", INSTEAD}:
                self._added[tuple(hole["span"])].append((at, hole["adds"]))
            elif hole["span"]:
                self._holes[tuple(hole["span"])] = at
        self._points = {tuple(point["span"]): (at, point) for at, point in enumerate(pattern["points"])}

    def visit(self, node: ast.AST) -> Any:
        """The node itself, or what stands in its place."""
        at = span(node)
        if isinstance(node, ast.stmt) and at in self._told:
            told = [self._tell(*one) for one in self._told.pop(at)]
            return ast.copy_location(ast.If(ast.Constant(value=True), [*told, self.visit(node)], []), node)
        if at in self._points and isinstance(node, ast.Assert | ast.Expr | ast.expr):
            return self._point(node, *self._points[at])
        self._add(node)
        if at in self._holes and isinstance(node, ast.expr):
            original = ast.Lambda(ast.arguments([], [], None, [], [], None, []), node)
            self.generic_visit(node)
            return ast.copy_location(_call("value", self._holes[at], original), node)
        if isinstance(node, ast.stmt) and (at in self._steps or at in self._settings):
            return self._step(node, at)
        return self.generic_visit(node)

    def _step(self, node: ast.stmt, at: Span) -> ast.stmt:
        """A statement that is done if the probe says so, and what it sets besides."""
        more = [self._set(node, *one) for one in self._settings.get(at, ())]
        self.generic_visit(node)
        does = _call("does", self._steps[at]) if at in self._steps else ast.Constant(value=True)
        return ast.copy_location(ast.If(does, [node, *more], []), node)

    @staticmethod
    def _tell(number: int, name: str) -> ast.stmt:
        owner, _, attribute = name.rpartition(".")
        return ast.Expr(_call("sets", number, ast.parse(owner, mode="eval").body, ast.Constant(f".{attribute}")))

    @staticmethod
    def _set(node: ast.stmt, number: int, name: str) -> ast.stmt:
        assert isinstance(node, ast.Assign)
        target = node.targets[0]
        assert isinstance(target, ast.Attribute | ast.Subscript)
        return ast.Expr(_call("sets", number, copy.deepcopy(target.value), ast.Constant(name)))

    def _add(self, node: ast.AST) -> None:
        """What a call, a list of words, or a dictionary may be given besides."""
        if isinstance(node, ast.Call):
            more = (_call("keyword", at, ast.Constant(name)) for at, name in self._added.get(span(node.func), ()))
            node.keywords += [ast.keyword(None, one) for one in more]
        elif isinstance(node, ast.List):
            words = (_call("words", at) for at, _ in self._added.get(span(node), ()))
            node.elts += [ast.Starred(one, ast.Load()) for one in words]
        elif isinstance(node, ast.Dict):
            keys = [_call("keys", at) for at, _ in self._added.get(span(node), ())]
            node.keys += [None] * len(keys)
            node.values += keys

    def _point(self, node: ast.AST, number: int, point: dict[str, Any]) -> ast.AST:
        if point["form"] == "raises":
            return ast.copy_location(_call("raises", number), node)
        if point["form"] == "message":
            return ast.copy_location(_call("message", number, _of_any_message(node)), node)
        wanted = tuple(point["subject"])
        subject = next(one for one in ast.walk(node) if isinstance(one, ast.expr) and span(one) == wanted)
        if point["form"] == "called":
            return ast.copy_location(ast.Expr(_call("called", number, self.visit(subject))), node)
        kin = [self._kin(node, tuple(point["constant"]))] if point["constant"] else []
        looked = _call("see", number, self.visit(subject), *kin)
        return ast.copy_location(ast.Expr(looked), node)

    @staticmethod
    def _kin(statement: ast.AST, at: Span) -> ast.expr:
        """`lambda: (status, "HTTP_200_OK")` for the constant there."""
        constant = next(one for one in ast.walk(statement) if isinstance(one, ast.Attribute) and span(one) == at)
        both = ast.Tuple([constant.value, ast.Constant(constant.attr)], ast.Load())
        return ast.Lambda(ast.arguments([], [], None, [], [], None, []), both)


def _of_any_message(node: ast.AST) -> ast.expr:
    """A call that says what a block raises, without what the message has to match."""
    assert isinstance(node, ast.Call)
    function = node.func
    if isinstance(function, ast.Attribute):
        function.attr = function.attr.removesuffix("Regex")
    return ast.copy_location(ast.Call(function, node.args[:1], []), node)


def span(node: ast.AST) -> Span:
    """Where a node is, with its decorators; of one that is nowhere, nowhere."""
    last, end = getattr(node, "end_lineno", None) or -1, getattr(node, "end_col_offset", None)
    first = min(getattr(one, "lineno", -1) for one in (node, *getattr(node, "decorator_list", ())))
    return first, getattr(node, "col_offset", -1), last, -1 if end is None else end


def _call(what: str, number: int, *arguments: ast.expr) -> ast.Call:
    function = ast.Attribute(ast.Name(NAME, ast.Load()), what, ast.Load())
    return ast.Call(function, [ast.Constant(number), *arguments], [])
