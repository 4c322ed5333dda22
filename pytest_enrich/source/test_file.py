"""What a test file contains, and whether it is about a function of the project."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from itertools import chain
from typing import Literal

from msgspec import Struct

from pytest_enrich import imports
from pytest_enrich.errors import RefusedError
from pytest_enrich.source.module import FUNCTIONS, dotted

OPERATORS: dict[type[ast.AST], str] = {
    ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne", ast.In: "contains",
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.Pow: "pow", ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor", ast.LShift: "lshift",
    ast.RShift: "rshift", ast.MatMult: "matmul", ast.USub: "neg", ast.Invert: "invert", ast.Subscript: "getitem",
}  # fmt: skip
"""The special method behind each operator."""
_CALLED = re.compile(r"(Test|)\w*?((?:Test|TestCase)s?|)")
"""The names of test classes: `TestCart`, `CartTests`."""
_NAME = re.compile(r"[\w.]+")
Style = Literal["function", "method", "unittest"]


class Subject(Struct, frozen=True, kw_only=True):
    """What a test is about.

    Attributes:
        path: The source file.
        module: The name by which it is imported, "" if that is not known.
        qualname: The function or class in it, "" for the module.
        touching: The test files with a test that runs lines of the source file.
        siblings: The outermost functions and classes of the source file.
    """

    path: str
    module: str
    qualname: str
    touching: frozenset[str] = frozenset()
    siblings: tuple[str, ...] = ()

    @property
    def outermost(self) -> str:
        """The name that a test has to import: that of the function, or of the class around it."""
        return self.qualname.partition(".")[0]

    @property
    def topics(self) -> tuple[str, ...]:
        """What a test class can be named after: the function, or for a method the classes around it."""
        *around, name = self.qualname.split(".")
        return tuple(reversed(around or [name] if name else []))

    def is_in(self, module: str) -> bool:
        """Whether it can be imported from a module: its own, or a package that contains that."""
        return f"{self.module}.".startswith(f"{module}.")


class TestFile:
    """The classes of a test file and the tests that are written in them.

    Args:
        text: The contents of the file; one that is not Python counts as empty.
        package: The dotted package of the file, for its relative imports.
    """

    __test__ = False  # pytest would collect a class of this name

    def __init__(self, text: str, package: str = "") -> None:
        self._tree = imports.parsed(text) or ast.Module(body=[], type_ignores=[])
        self._bindings = _bindings(text, package)
        self._functions: dict[str | None, dict[str, ast.AST]] = {}
        self._classes: dict[str, ast.ClassDef] = {}
        self._read(None, self._tree.body)
        self.words = cache(self._used)
        """Gives the names and attributes that a function uses, and the special methods behind its operators."""

    def imports_name(self, subject: Subject) -> bool:
        """Whether the outermost name of the subject is imported here, directly or through its module."""
        for meaning in chain.from_iterable(self._bindings.objects.values()):
            module, _, member = meaning.partition(":")
            if member == subject.outermost and subject.is_in(module):
                return True
        modules = {name for name, meanings in self._modules() if any(map(subject.is_in, meanings))}
        return not modules.isdisjoint(self._attributes.get(subject.outermost, ()))

    @cached_property
    def _attributes(self) -> dict[str, set[str]]:
        """By the name of an attribute, the expressions that it is taken from here (`dt`, `shop.cart`)."""
        owners: dict[str, set[str]] = {}
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Attribute):
                owners.setdefault(node.attr, set()).add(dotted(node.value))
        return owners

    def is_about_another(self, subject: Subject) -> bool:
        """Whether it imports from the project, but only from modules that the subject is not in."""
        root = subject.module.partition(".")[0]
        imported = {
            module for _, modules in self._modules() for module in modules if module.partition(".")[0] == root
        }
        return bool(root and imported) and not any(map(subject.is_in, imported))

    def _modules(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The names here that are modules or imported from one, with the modules that they may be."""
        yield from self._bindings.modules.items()
        for name, meanings in self._bindings.objects.items():
            yield name, tuple(meaning.replace(":", ".") for meaning in meanings)
            yield "", tuple(meaning.partition(":")[0] for meaning in meanings)

    def _used(self, owner: str | None, name: str) -> frozenset[str]:
        nodes = list(ast.walk(self._functions.get(owner, {}).get(name, ast.Pass())))
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        return frozenset(names | {f"__{OPERATORS[type(node)]}__" for node in nodes if type(node) in OPERATORS})

    @property
    def classes(self) -> tuple[str, ...]:
        """The dotted names of the classes that are written here."""
        return tuple(self._classes)

    def has(self, owner: str | None, name: str) -> bool:
        """Whether a function of this name is written in a class, or outside of all classes."""
        return name in self._functions.get(owner, {})

    def tests(self, owner: str | None) -> list[str]:
        """The test functions written in a class, or outside of all classes, in order."""
        return [name for name in self._functions.get(owner, {}) if name.startswith("test")]

    @property
    def annotated(self) -> tuple[bool, ...]:
        """For each test, whether it has a return annotation."""
        functions = (pair for written in self._functions.values() for pair in written.items())
        return tuple(bool(getattr(node, "returns", None)) for name, node in functions if name.startswith("test"))

    def class_about(self, subject: Subject) -> str | None:
        """The test class named after the subject, which has tests or a test class's name; the innermost first."""
        of_tests = [owner for owner in self._classes if self.tests(owner) or _is_called_so(owner)]
        topics = {_topic_of_tests(owner): owner for owner in reversed(of_tests)}
        about = (topics.get(_topic_of_tests(name)) for name in subject.topics)
        return next(filter(None, about), None)

    def class_for(self, topic: str) -> tuple[str, str]:
        """The name of a new test class, in the style of most here, and the base that most of them have.

        The latter is "" if all their bases are written here.
        """
        written = [name for name in self._classes if self.tests(name)]
        forms = Counter(match.group(1, 2) for name in written if (match := _CALLED.fullmatch(name)))
        prefix, suffix = forms.most_common(1)[0][0] if forms else ("Test", "")
        named = "".join(word[:1].upper() + word[1:] for word in topic.split("_"))
        bases = Counter(ast.unparse(base) for name in written for base in self._classes[name].bases)
        foreign = [base for base, _ in bases.most_common() if _NAME.fullmatch(base) and base not in self._classes]
        foreign.sort(key=lambda base: not base.endswith("TestCase"))  # a mixin alone makes no test class
        return imports.free([f"{prefix}{named}{suffix}"], self._bindings.taken), next(iter(foreign), "")

    def style(self, owner: str | None) -> Style:
        """How a test is written in a class, or outside of all classes."""
        if owner is None or owner not in self._classes:
            return "function"
        return "unittest" if self._is_unittest(owner, set()) else "method"

    def _is_unittest(self, owner: str, seen: set[str]) -> bool:
        names = {dotted(base).rpartition(".")[2] for base in self._classes[owner].bases} - seen
        inherited = (name in self._classes and self._is_unittest(name, seen | names) for name in names)
        return any(name.endswith("TestCase") for name in names) or any(inherited)

    def _read(self, owner: str | None, body: Sequence[ast.stmt]) -> None:
        for node in _flat(body):
            if isinstance(node, FUNCTIONS):
                self._functions.setdefault(owner, {})[node.name] = node
            elif isinstance(node, ast.ClassDef):
                name = f"{owner}.{node.name}" if owner else node.name
                self._classes[name] = node
                self._read(name, node.body)


def _bindings(text: str, package: str) -> imports.Bindings:
    try:
        return imports.read(text, package)
    except RefusedError:
        return imports.Bindings()


def _flat(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a block, and of the `if`, `try` and `with` blocks in it."""
    waiting = list(reversed(body))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            waiting += reversed([*node.body, *getattr(node, "orelse", ())])


def _is_called_so(name: str) -> bool:
    """Whether a class has the name of a test class."""
    match = _CALLED.fullmatch(name)
    return match is not None and any(match.groups())


def _topic_of_tests(name: str) -> str:
    """What a class is about: `cartitem` for `TestCartItem`, `CartItemTests` and `cart_item`."""
    return re.sub(r"test(s|case|cases)?$|^tests?", "", name.rpartition(".")[2].replace("_", "").lower())
