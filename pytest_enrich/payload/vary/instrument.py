"""Instrumenting a test file: its holes ask a probe for values, its points tell the probe what they see."""

from __future__ import annotations

import ast
import contextlib
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from ..candidate import TextFinder
from ..explore.stated import visible_text
from ..express import named, spoken, steady

Record = dict[str, Any]
NAME = "_enrich_probe"
LEFT_OUT, INSTEAD, METHOD = "-", "=", ":"
"""Values of `Hole.adds`: a statement that may be left out, an expression or a method that may be replaced."""
TOLD = "!"
"""The first character of `Hole.adds` for an assignment to be made before a statement."""
Span: TypeAlias = tuple[int, int, int, int]


class NothingRaisedError(Exception):
    """A block that is expected to raise did not."""


class Probe:
    """What the running test talks to: `seen` are its sightings so far, as JSON.

    A value that cannot be stated in a test is seen as "". `accepts` says whether the code raises an exception on
    purpose, `is_of_test` whether it comes from what the test itself does with the values it got.
    """

    def __init__(self) -> None:
        self.accepts: Callable[[Any], bool] = bool
        self.is_of_test: Callable[[BaseException], bool] = bool
        self._whole: Any = None
        self.seen: list[Record] = []
        self._values: Mapping[int, Any] = {}

    def begin(self, values: Mapping[int, Any]) -> None:
        """A test begins; `values` are for the holes that get other values than those in the test."""
        self.seen, self._whole = [], None
        self._values = values

    def value(self, hole: int, original: Callable[[], Any]) -> Any:
        """The value for a hole in the test's body."""
        return self._values[hole] if hole in self._values else original()

    def keyword(self, hole: int, name: str) -> dict[str, Any]:
        """The keyword argument to add to a call, or nothing."""
        value = self._values.get(hole, ...)
        return {} if value is ... else {name: value}

    def method(self, hole: int, owner: Any, name: str) -> Any:
        """The method of that name, or the one that replaces it."""
        return getattr(owner, self._values.get(hole, name))

    def keys(self, hole: int) -> dict[str, Any]:
        """The items to add to a dictionary."""
        return dict(self._values.get(hole, {}))

    def tells(self, hole: int, owner: Any, name: str) -> None:
        """Set an attribute that the object must already have: it tells a mock what to return or to raise."""
        if hole in self._values:
            getattr(owner, name)
            setattr(owner, name, self._values[hole])

    def does(self, hole: int) -> bool:
        """Whether a step of the test is done."""
        return bool(self._values.get(hole, True))

    def see(self, point: int, value: Any, kin: Callable[[], tuple[Any, str]] | None = None) -> None:
        """Note what a test looks at; `kin` returns a class or module, and the name of the expected constant."""
        name = _constant(value, *kin()) if kin is not None else ""
        whole, self._whole = self._whole, None
        around = {"whole": _stated(whole)} if type(whole) is dict else {}
        self.seen.append({"point": point, "value": name or _stated(value), "message": "", **around})

    def item(self, whole: Any, key: Any) -> Any:
        """The item of `whole` at a key or index that a test looks at."""
        self._whole = whole if self._whole is None else self._whole
        return whole[key]

    def missed(self, point: int) -> None:
        """Note that looking failed: with other values, what is looked at may be missing, which is telling, too."""
        error = sys.exc_info()[1]
        if not self._values or error is None or not self.is_of_test(error):
            raise  # noqa: PLE0704 - it is called where one was caught
        value, self._whole = "" if self._whole is None else _stated(self._whole), None
        self.seen.append({"point": point, "value": value, "message": "", "missed": True})

    def called(self, point: int, mock: Any) -> None:
        """Note how a mock was called: `None` for never; calls more than once cannot be stated."""
        calls = list(mock.call_args_list)
        value = _as_call(calls[0]) if len(calls) == 1 else "" if calls else "None"
        self.seen.append({"point": point, "value": value, "message": ""})

    @contextlib.contextmanager
    def raises(self, point: int) -> Iterator[None]:
        """Take the place of `pytest.raises`, and note whatever the block raises."""
        try:
            yield
        except Exception as error:
            self.seen.append({"point": point, "value": named(type(error)) or "", "message": steady(spoken(error))})
            return
        raise NothingRaisedError

    @contextlib.contextmanager
    def message(self, point: int, block: Any) -> Iterator[Any]:
        """Wrap a block that expects an exception, and note the message unless the exception is an accident."""
        text, is_accident = "", False
        with block as caught:
            try:
                yield caught
            except Exception as error:
                text, is_accident = spoken(error), bool(self._values) and not self.accepts(error)
                raise
        if is_accident:
            raise NothingRaisedError
        self.seen.append({"point": point, "value": repr(steady(text)), "message": ""})


def _as_call(call: Any) -> str:
    """`call('a', by=2)`; "" if one of the values cannot be stated."""
    args, kwargs = call
    names = [*[""] * len(args), *(f"{key}=" for key in kwargs)]
    texts = [*map(_stated, (*args, *kwargs.values()))]
    return f"call({', '.join(map(str.__add__, names, texts))})" if all(texts) else ""


def _constant(value: object, owner: Any, expected: str) -> str:
    """The template of the constant that has the value seen, next to the expected one; "" if there is none."""
    if not isinstance(owner, type | ModuleType) or type(value) not in {int, float, str, bytes}:
        return ""
    kind = expected.partition("_")[0]
    alike = (name for name in vars(owner) if name.isupper() and name.partition("_")[0] == kind)
    names = [name for name in alike if type(vars(owner)[name]) is type(value) and vars(owner)[name] == value]
    place = f"⟨{owner.__name__}:" if isinstance(owner, ModuleType) else (named(owner) or "")[:-1] + "."
    return f"{place}{min(names, key=len)}⟩" if names and len(place) > 1 else ""


def _stated(value: Any) -> str:
    """The template of a value, as a test would have it; "" if it cannot be stated."""
    return visible_text(value) or ""


class Instrumented(TextFinder):
    """Serves the text with the tests of these patterns instrumented; `probe` is what they talk to."""

    def __init__(self, path: Path, text: str, patterns: list[dict[str, Any]], probe: Probe) -> None:
        super().__init__(path, text)
        self._patterns = patterns
        self._probe = probe

    def exec_module(self, module: ModuleType) -> None:
        """Execute the module with the probe under a name of its own."""
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
    """Replaces a test's holes and points by calls of the probe; all lines stay where they are."""

    def __init__(self, pattern: dict[str, Any]) -> None:
        self._holes: dict[Span, int] = {}
        self._steps: dict[Span, int] = {}
        self._methods: dict[Span, int] = {}
        self._told: dict[Span, list[tuple[int, str]]] = defaultdict(list)
        self._added: dict[Span, list[tuple[int, str]]] = defaultdict(list)
        single = {"": self._holes, INSTEAD: self._holes, LEFT_OUT: self._steps, METHOD: self._methods}
        for at, hole in enumerate(pattern["holes"]):
            adds, place = hole["adds"], tuple(hole["span"] or ())
            if adds in single:
                single[adds][place] = at
            elif adds[:1] == TOLD:
                self._told[place].append((at, adds[1:]))
            else:
                self._added[place].append((at, adds))
        self._points = {tuple(point["span"]): (at, point) for at, point in enumerate(pattern["points"])}

    def visit(self, node: ast.AST) -> Any:
        """The node itself, or what stands in its place."""
        at = span(node)
        if isinstance(node, ast.stmt) and at in self._told:
            assignments = [self._tell(*hole) for hole in self._told.pop(at)]
            return ast.copy_location(ast.If(ast.Constant(value=True), [*assignments, self.visit(node)], []), node)
        if at in self._points and isinstance(node, ast.Assert | ast.Expr | ast.expr):
            return self._point(node, *self._points[at])
        self._add(node)
        if at in self._holes and isinstance(node, ast.expr):
            self.generic_visit(node)
            return ast.copy_location(_call("value", self._holes[at], _delayed(node)), node)
        if at in self._methods and isinstance(node, ast.Attribute):
            method = _call("method", self._methods[at], self.visit(node.value), ast.Constant(node.attr))
            return ast.copy_location(method, node)
        self.generic_visit(node)
        if isinstance(node, ast.stmt) and at in self._steps:  # it is done if the probe says so
            return ast.copy_location(ast.If(_call("does", self._steps[at]), [node], []), node)
        return node

    @staticmethod
    def _tell(number: int, name: str) -> ast.stmt:
        owner, _, attribute = name.rpartition(".")
        return ast.Expr(_call("tells", number, ast.parse(owner, mode="eval").body, ast.Constant(attribute)))

    def _add(self, node: ast.AST) -> None:
        """Add the keyword arguments of a call, or the items of a dictionary, that the probe may give."""
        if isinstance(node, ast.Call):
            added = (_call("keyword", at, ast.Constant(name)) for at, name in self._added.get(span(node.func), ()))
            node.keywords += [ast.keyword(None, value) for value in added]
        elif isinstance(node, ast.Dict):
            keys = [_call("keys", at) for at, _ in self._added.get(span(node), ())]
            node.keys += [None] * len(keys)
            node.values += keys

    def _point(self, node: ast.AST, number: int, point: dict[str, Any]) -> ast.AST:
        if point["form"] == "raises":
            return ast.copy_location(_call("raises", number), node)
        if point["form"] == "message":
            return ast.copy_location(_call("message", number, _of_any_message(node)), node)
        place = tuple(point["subject"])
        subject = next(inner for inner in ast.walk(node) if isinstance(inner, ast.expr) and span(inner) == place)
        if point["form"] == "called":
            return ast.copy_location(ast.Expr(_call("called", number, self.visit(subject))), node)
        kin = [self._kin(node, tuple(point["constant"]))] if point["constant"] else []
        looked = ast.Expr(_call("see", number, self._opened(subject), *kin))
        missed = ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [ast.Expr(_call("missed", number))])
        return ast.copy_location(ast.Try([looked], [missed], [], []), node)

    def _opened(self, subject: ast.expr) -> ast.expr:
        """The expression that is looked at, with its keys and indices looked up by the probe."""
        if not isinstance(subject, ast.Subscript) or isinstance(subject.slice, ast.Slice | ast.Tuple):
            opened: ast.expr = self.visit(subject)
            return opened
        return _call("item", self._opened(subject.value), self.visit(subject.slice))

    @staticmethod
    def _kin(statement: ast.AST, at: Span) -> ast.expr:
        """`lambda: (status, "HTTP_200_OK")` for the constant there."""
        constant = next(
            node for node in ast.walk(statement) if isinstance(node, ast.Attribute) and span(node) == at
        )
        return _delayed(ast.Tuple([constant.value, ast.Constant(constant.attr)], ast.Load()))


def _of_any_message(node: ast.AST) -> ast.expr:
    """A call that says what a block raises, without the pattern for its message."""
    assert isinstance(node, ast.Call)
    function = node.func
    if isinstance(function, ast.Attribute):
        function.attr = function.attr.removesuffix("Regex")
    return ast.copy_location(ast.Call(function, node.args[:1], []), node)


def span(node: ast.AST) -> Span:
    """The place of a node and its decorators; -1 for all that is unknown."""
    last, end = getattr(node, "end_lineno", None) or -1, getattr(node, "end_col_offset", None)
    first = min(getattr(part, "lineno", -1) for part in (node, *getattr(node, "decorator_list", ())))
    return first, getattr(node, "col_offset", -1), last, -1 if end is None else end


def _delayed(value: ast.expr) -> ast.Lambda:
    return ast.Lambda(ast.arguments([], [], None, [], [], None, []), value)


def _call(what: str, *arguments: ast.expr | int) -> ast.Call:
    function = ast.Attribute(ast.Name(NAME, ast.Load()), what, ast.Load())
    return ast.Call(function, [ast.Constant(it) if isinstance(it, int) else it for it in arguments], [])
