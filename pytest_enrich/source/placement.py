"""What is written in a test file: its test functions and classes."""

from __future__ import annotations

import ast
import fnmatch
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Literal

from pytest_enrich.data.answers import Item
from pytest_enrich.data.code import NearTest, Placement
from pytest_enrich.imports import parsed
from pytest_enrich.source.module import FUNCTIONS, Suite, dotted

Style = Literal["function", "method", "unittest"]


class TestFile:
    """The classes of a test file and the tests that are written in them.

    Args:
        text: What is in the file; one that is not Python counts as empty.
    """

    __test__ = False  # pytest collects classes by this name

    def __init__(self, text: str) -> None:
        tree = parsed(text)
        self._functions: dict[str | None, list[str]] = {}
        self._classes: dict[str, ast.ClassDef] = {}
        self._read(None, tree.body if tree else [])

    @property
    def classes(self) -> tuple[str, ...]:
        """The dotted names of those that are written here."""
        return tuple(self._classes)

    def has_class(self, owner: str) -> bool:
        """Whether a class of this dotted name is written here."""
        return owner in self._classes

    def has(self, owner: str | None, name: str) -> bool:
        """Whether a function of this name is written in a class, or outside all."""
        return name in self._functions.get(owner, [])

    def tests(self, owner: str | None) -> list[str]:
        """The test functions written in a class, or outside all, in order."""
        return [name for name in self._functions.get(owner, []) if name.startswith("test")]

    def last_class(self) -> str | None:
        """The last class that has tests."""
        return next((name for name in reversed(self._classes) if self.tests(name)), None)

    def class_about(self, qualname: str) -> str | None:
        """The class with tests that is named after a function or a class round it, innermost first."""
        for name in reversed(qualname.split(".") if qualname else []):
            for owner in self._classes:
                if self.tests(owner) and _topic_of_tests(owner) == _topic_of_tests(name):
                    return owner
        return None

    def style(self, owner: str | None) -> Style:
        """How a test is written in a class, or outside all."""
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
                self._functions.setdefault(owner, []).append(node.name)
            elif isinstance(node, ast.ClassDef):
                name = f"{owner}.{node.name}" if owner else node.name
                self._classes[name] = node
                self._read(name, node.body)


def _flat(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a block, and of the `if`, `try` and `with` blocks in it."""
    waiting = list(reversed(body))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            waiting += reversed([*node.body, *getattr(node, "orelse", ())])


def _topic_of_tests(name: str) -> str:
    """What a class is about: `cartitem` for `TestCartItem`, `CartItemTests` and `cart_item`."""
    return re.sub(r"test(s|case|cases)?$|^tests?", "", name.rpartition(".")[2].replace("_", "").lower())


class Shelf:
    """The test files of a suite, each read once."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self._items = {item.nodeid: item for item in suite.items}
        self._files: dict[str, TestFile] = {}

    def place(self, path: str, qualname: str, near: Sequence[NearTest]) -> Placement:
        """Where a test for `qualname` of the source file `path` goes, `near` being the tests next to it.

        In a file named after the module, the function or its class when there is one, else in the nearest test's,
        else in a new one: after the nearest test that is written there, else at the end of the class or file.
        """
        names = _names(path, qualname)
        named = sorted((file for file in self._suite.files if _topic(file) in names), key=_likeness(path))
        inside = [test for test in near if test.shared and _path(test.nodeid) in named]
        for one in inside[:1] or ([] if named else near):
            found = self._beside(one)
            if found:
                return found
        if named:
            return self._end(named[-1], qualname)
        return Placement(path=new_file(path, self._suite), new_file=True)

    def fixtures(self, place: Placement) -> tuple[str, ...]:
        """The names of the fixtures that a new test there could use."""
        same = [item for item in self._suite.items if item.path == place.path]
        beside = [item for item in same if item.owner == place.owner and item.name == place.anchor]
        folder = place.path.rpartition("/")[0]
        around = [item for item in self._suite.items if item.path.rpartition("/")[0] == folder]
        chosen = beside or [item for item in same if item.owner == place.owner] or same or around
        common = set(chosen[0].fixtures).intersection(*(item.fixtures for item in chosen)) if chosen else set()
        return tuple(sorted(common))

    def file(self, path: str) -> TestFile:
        """What is written in a test file."""
        if path not in self._files:
            self._files[path] = TestFile(self._suite.texts.get(path, ""))
        return self._files[path]

    def _beside(self, near: NearTest) -> Placement | None:
        """Next to a test, None when its file is not one of the suite's that can be read."""
        path, owner, name = _parts(near.nodeid, self._items.get(near.nodeid.partition("[")[0]))
        if path not in self._suite.texts:
            return None
        file = self.file(path)
        if owner is not None and not file.has_class(owner):
            owner = None
        tests = file.tests(owner)
        last = tests[-1] if tests else None
        anchor = (name if file.has(owner, name) else last) if near.shared else None
        return Placement(path=path, owner=owner, anchor=anchor, style=self._style(path, owner))

    def _end(self, path: str, qualname: str) -> Placement:
        """The end of a file, or of the class there that is about `qualname`, or that a unittest file ends with."""
        file = self.file(path)
        last = None if file.tests(None) else file.last_class()
        owner = file.class_about(qualname) or (last if self._style(path, last) == "unittest" else None)
        return Placement(path=path, owner=owner, style=self._style(path, owner))

    def _style(self, path: str, owner: str | None) -> Style:
        """How tests are written there: as pytest sees it when it collected one, else as the text says."""
        collected = (item.style for item in self._suite.items if item.path == path and item.owner == owner)
        return next(collected, None) or self.file(path).style(owner)


def new_file(path: str, suite: Suite) -> str:
    """The path of a new test file for a source file, where those of its sibling modules are.

    Without any test file it is in the first of the suite's folders: `tests/test_<module>.py`.
    """
    files = [PurePosixPath(file) for file in suite.files if _is_test(PurePosixPath(file).name)]
    folders = [file.parent.as_posix() for file in files]
    best = max(
        sorted(set(folders)),
        key=lambda folder: (_mirrors(folder, path), folders.count(folder)),
        default=suite.folders[0],
    )
    return (PurePosixPath(best) / _new_name(module_stem(path), suite)).as_posix()


def _new_name(stem: str, suite: Suite) -> str:
    """A name that pytest collects: of the usual two the one that most have, else one by its first pattern."""
    first, second = f"test_{stem}.py", f"{stem}_test.py"
    ends = sum(file.endswith("_test.py") for file in suite.files) > len(suite.files) / 2
    usual = (second, first) if ends else (first, second)
    fitting = (name for name in usual if any(fnmatch.fnmatchcase(name, pattern) for pattern in suite.patterns))
    return next(fitting, PurePosixPath(suite.patterns[0].replace("*", stem, 1).replace("*", "")).name)


def module_stem(path: str) -> str:
    """The name that a test file is named after: a package's for its `__init__.py`."""
    pure = PurePosixPath(path)
    stem = pure.parent.name or pure.stem if pure.stem == "__init__" else pure.stem
    return stem.strip("_") or stem


def _is_test(name: str) -> bool:
    return name.startswith("test_") or name.endswith("_test.py")


def _names(path: str, qualname: str) -> set[str]:
    """What a test file can be called that is about this function."""
    stem, folder = module_stem(path), PurePosixPath(path).parent.name
    names = {stem, f"{folder}_{stem}", *qualname.split(".")}
    return {name.strip("_").lower() for name in names} - {""}


def _topic(file: str) -> str:
    """What a test file is about, by its name; "" for other files."""
    name = PurePosixPath(file).name
    stem = name.removesuffix(".py").lower()
    return stem.removeprefix("test_").removesuffix("_test").removesuffix("_tests") if _is_test(name) else ""


def _likeness(path: str) -> Callable[[str], tuple[int, int]]:
    return lambda file: (_mirrors(PurePosixPath(file).parent.as_posix(), path), -len(file))


def _mirrors(folder: str, path: str) -> int:
    """How many of the source's last folders are the last folders of `folder` too."""
    ours, theirs = PurePosixPath(folder).parts[::-1], PurePosixPath(path).parent.parts[::-1]
    same = 0
    for one, other in zip(ours, theirs, strict=False):
        if one not in {other, f"test_{other}", f"{other}_test", f"tests_{other}"}:
            break
        same += 1
    return same


def _path(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def _parts(nodeid: str, item: Item | None) -> tuple[str, str | None, str]:
    """The file, the class and the name of a test, without its parameters."""
    path, *names = nodeid.partition("[")[0].split("::")
    if item is not None:
        return item.path, item.owner, item.name
    return path, ".".join(names[:-1]) or None, names[-1] if names else ""
