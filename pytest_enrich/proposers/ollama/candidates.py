"""Turn a test that a model wrote into a candidate: in its own words, at a place where its names mean something.

Nothing is refused here: a test with names that exist nowhere goes where most of its names are known, and the proof
says what is wrong with it.
"""

from __future__ import annotations

import ast
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from pytest_enrich import imports
from pytest_enrich.data import NewTest, Oracle, Origin, Target
from pytest_enrich.imports import parsed
from pytest_enrich.imports.merge import provided, wanted
from pytest_enrich.imports.text import statement
from pytest_enrich.proposers.ollama.places import Place, Places, at_top, meanings
from pytest_enrich.proposers.ollama.reply import WrittenTest
from pytest_enrich.refine.asserting import is_telling
from pytest_enrich.writing import names
from pytest_enrich.writing.renderer import bindings_of
from pytest_enrich.writing.syntax import Function, texts

UNREADABLE = "test_reply"
_SHOWN, LONGEST_NAME = 60, 80
_LOOK = "the model expected this and the code does it; no docstring promises it"
_OBJECTS = {
    "Counter": "collections", "Decimal": "decimal", "Fraction": "fractions", "OrderedDict": "collections",
    "Path": "pathlib", "PurePath": "pathlib", "StringIO": "io", "BytesIO": "io", "SimpleNamespace": "types",
    "UUID": "uuid", "date": "datetime", "defaultdict": "collections", "deque": "collections",
    "timedelta": "datetime", "timezone": "datetime",
}  # fmt: skip
"""Names that models use without an import, and the modules they mean."""


class Fitted(Struct, frozen=True, kw_only=True):
    """A test as it would stand at a place, and the names in it that are unknown there."""

    place: Place
    code: str
    imports: tuple[str, ...]
    lacks: tuple[str, ...]


class Candidates(Struct, frozen=True, kw_only=True):
    """Makes candidates for one target from what a model wrote.

    Attributes:
        target: What is to be tested.
        known: The meanings of names that the module under test imports or defines, or that other tests import.
        places: Where tests may stand.
        origin: The origin of the reply.
        taken: Names that no new test may have, besides those of its file.
    """

    target: Target
    known: Mapping[str, str]
    places: Places
    origin: Origin
    taken: frozenset[str] = frozenset()

    def of(self, test: WrittenTest) -> Iterator[NewTest]:
        """The candidate at each place that knows all its names, best first; else at the one that knows most."""
        return (self._made(test, fitted) for fitted in self._fitted(test))

    def _made(self, test: WrittenTest, best: Fitted) -> NewTest:
        name = imports.free(
            [test.name[:LONGEST_NAME].rstrip("_")],
            self.taken | names.functions(best.place.text) | best.place.bindings.taken,
        )
        code = re.sub(rf"\bdef\s+{test.name}\b", f"def {name}", best.code, count=1)
        return NewTest(
            name=name,
            code=code,
            imports=best.imports,
            placement=best.place.placement,
            title=f"{self.target.qualname}: {name.removeprefix('test').strip('_').replace('_', ' ')}",
            look=_LOOK,
            oracle=tuple(_oracles(code)),
            origin=self.origin,
            gaps=tuple(gap.id for gap in self.target.gaps),
        )

    def unreadable(self, reply: str) -> NewTest:
        """A candidate for a reply without a test: the first rung says what is wrong with it."""
        return NewTest(
            name=UNREADABLE,
            code=reply,
            imports=(),
            placement=self.target.placement,
            title=f"{self.target.qualname}: a reply without a test",
            look="",
            oracle=(),
            origin=self.origin,
            gaps=tuple(gap.id for gap in self.target.gaps),
        )

    def _fitted(self, test: WrittenTest) -> Iterator[Fitted]:
        best: Fitted | None = None
        for place in self.places.of(self.target, test.into):
            if best is None or all(name in place.text or name in place.fixtures for name in best.lacks):
                fitted = _fit(test, place, self.known)
                if not fitted.lacks:
                    yield fitted
                best = min(filter(None, (best, fitted)), key=lambda fit: len(fit.lacks))
        if best is not None and best.lacks:
            yield best


def known_names(target: Target, source_text: str, places: Places) -> dict[str, str]:
    """The meanings (`module:name`, `module:` for a module) of names that a test may use without an import."""
    bindings, tree = bindings_of(source_text, target.path), parsed(source_text) or ast.Module([], [])
    defined = (node.name for node in tree.body if isinstance(node, Function | ast.ClassDef))
    return {
        "pytest": "pytest:",
        **{name: f"{source}:{name}" for name, source in _OBJECTS.items()},
        **meanings(bindings),
        **{name: f"{target.module}:{name}" for name in defined},
        **places.meanings,
    }


def _fit(test: WrittenTest, place: Place, known: Mapping[str, str]) -> Fitted:
    """The test at a place, with what it needs from its reply inside, and imports for what the file lacks."""
    function = _function(test.code)
    asked = asked_fixtures(function)
    if place.placement.style == "unittest" and (asked or _is_parametrized(function)):
        place = at_top(place)
    bindings = place.bindings
    statements = {
        name: line
        for name, line in test.imports.items()
        if not all(provided(binding, bindings) for binding in wanted(line))
    }
    hidden = [line for name, line in statements.items() if name in bindings.taken]
    helpers = [text for name, text in test.helpers.items() if name not in bindings.taken]
    code = _with_inside(_bound(test.code, function, place.placement.style), [*hidden, *helpers])
    added = [line for name, line in statements.items() if name not in bindings.taken]
    lacks = [name for name in asked if place.fixtures and name not in place.fixtures]
    extended = imports.extend(bindings, added)
    for name in (name for name in imports.needs(code, extended).missing if name not in extended.taken):
        if name in known or name in sys.stdlib_module_names:
            module, _, member = known.get(name, f"{name}:").partition(":")
            added.append(statement(module, member, name))
        else:
            lacks.append(name)
    return Fitted(place=place, code=code, imports=tuple(added), lacks=(*lacks, *_unbound(code, place)))


def asked_fixtures(function: Function) -> list[str]:
    """The parameters that fixtures must provide: those without a default that no decorator passes."""
    parameters = function.args
    named = [*parameters.posonlyargs, *parameters.args]
    named = named[: len(named) - len(parameters.defaults)]
    pairs = zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
    named += [parameter for parameter, default in pairs if default is None]
    asked = [parameter.arg for parameter in named if parameter.arg != "self"]
    patched = 0
    for decorator in function.decorator_list:
        called = ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)
        arguments = decorator.args if isinstance(decorator, ast.Call) else []
        if called.endswith("given"):
            return []
        if called.endswith("parametrize") and arguments:
            passed = _argnames(arguments[0])
            asked = [name for name in asked if name not in passed]
        elif called.endswith(("patch", "patch.object")):
            patched += len(arguments) < (3 if called.endswith("object") else 2)
    return asked[patched:]


def _argnames(node: ast.expr) -> set[str]:
    """The names that a `parametrize` passes."""
    return {name.strip() for text in texts(ast.walk(node)) for name in text.split(",")}


def _is_parametrized(function: Function) -> bool:
    return any("parametrize" in ast.unparse(decorator) for decorator in function.decorator_list)


def _unbound(code: str, place: Place) -> list[str]:
    """Names of `self` that the code uses where there is no such object, or no such method."""
    style = place.placement.style
    if style == "function":
        return ["self"] if re.search(r"\bself\.", code) else []
    return re.findall(r"\bself\.(assert\w+)\(", code) if style == "method" else []


def _bound(code: str, function: Function, style: str) -> str:
    """The code with a `self` where tests are methods, and without one where they are functions."""
    parameters = [parameter.arg for parameter in (*function.args.posonlyargs, *function.args.args)]
    is_method = parameters[:1] == ["self"]
    if style == "function" and is_method:
        return re.sub(r"(\bdef\s+\w+\s*\(\s*)self\s*(?:,\s*)?", r"\1", code, count=1)
    if style != "function" and not is_method:
        separator = ", " if parameters or function.args.kwonlyargs else ""
        return re.sub(r"(\bdef\s+\w+\s*\()", rf"\1self{separator}", code, count=1)
    return code


def _with_inside(code: str, inner: Sequence[str]) -> str:
    """The function with these statements at the beginning of its body, after its docstring."""
    if not inner:
        return code
    function = _function(code)
    if function.body[0].lineno == function.lineno:  # all on one line
        code = ast.unparse(function) + "\n"
        function = _function(code)
    docstring = ast.get_docstring(function) is not None and len(function.body) > 1
    at = (function.body[0].end_lineno or 0) if docstring else function.body[0].lineno - 1
    indent = " " * function.body[0].col_offset
    lines = code.splitlines(keepends=True)
    return "".join([*lines[:at], *(textwrap.indent(f"{text.rstrip()}\n", indent) for text in inner), *lines[at:]])


def _function(code: str) -> Function:
    """The test itself."""
    return next(node for node in ast.parse(code).body if isinstance(node, Function))


def _oracles(code: str) -> Iterator[Oracle]:
    """Its assertions, which the model expected: the first is what a person should check."""
    look = True
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and is_telling(node)):
            asserted = node.test if isinstance(node, ast.Assert) else node
            yield Oracle(line=node.lineno, what=ast.unparse(asserted)[:_SHOWN], source="model", look=look)
            look = False
