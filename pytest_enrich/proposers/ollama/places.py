"""Where a test that a model wrote can go: where its names mean something, and its fixtures exist.

A test goes where the target's tests go, unless its names are only known elsewhere: in the class or file that the
reply says, beside the nearest tests, then anywhere in the suite.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import imports
from pytest_enrich.data import Placement, Target
from pytest_enrich.imports import parsed
from pytest_enrich.proposers.ollama.question import is_excluded
from pytest_enrich.source import Suite
from pytest_enrich.source.placement import Shelf
from pytest_enrich.writing.renderer import bindings_of
from pytest_enrich.writing.syntax import functions_in, is_fixture

CONFTEST = "conftest.py"


class Place(Struct, frozen=True, kw_only=True):
    """A place for a new test: the text of its file, and the fixtures that a test could use there."""

    placement: Placement
    text: str
    fixtures: frozenset[str]

    @property
    def bindings(self) -> imports.Bindings:
        """What the names at the file's top level mean."""
        return bindings_of(self.text, self.placement.path)


class Places:
    """The places of one suite.

    Args:
        suite: The tests as pytest sees them.
        read: The text of a file as it is now, "" when it is not there.
    """

    def __init__(self, suite: Suite, read: Callable[[str], str]) -> None:
        self._suite, self.read = suite, read
        self._shelf = Shelf(suite)

    def of(self, target: Target, into: str = "") -> Iterator[Place]:
        """Where a test for a target may go, the best place first; `into` is `FILE::CLASS`, or FILE alone."""
        usual = target.placement
        near = (near.function.split("::") for near in target.nearest)
        owned = [(parts[0], ".".join(parts[1:-1]) or None) for parts in near]
        file, _, inside = into.partition("::")
        if file in self._suite.texts:
            yield self._place(file, inside.replace("::", ".") or None)
        yield self._described(usual)
        files: list[tuple[str, str | None]] = [(path, None) for path in (usual.path, *self._suite.files)]
        collected = ((item.path, item.owner) for item in self._suite.items)
        known = dict.fromkeys([*owned, *files, *collected])
        for path, owner in sorted(known, key=lambda place: place[0] != usual.path):
            if path in self._suite.texts and (path, owner) != (usual.path, usual.owner):
                yield self._place(path, owner)

    def others(self, path: str) -> list[str]:
        """The node ids of the tests collected in a file, then of those in its folder."""
        folder = path.rpartition("/")[0]
        same = [item.nodeid for item in self._suite.items if item.path == path]
        return [*same, *(item.nodeid for item in self._suite.items if item.path.rpartition("/")[0] == folder)]

    def fixtures(self, path: str, excluded: Sequence[str] = ()) -> dict[str, str]:
        """The texts of the project's own fixtures that tests of a file may use, by name, the nearest first."""
        folders = path.split("/")[:-1]
        above = ["/".join([*folders[:depth], CONFTEST]) for depth in range(len(folders), -1, -1)]
        fixtures: dict[str, str] = {}
        for file in (file for file in (path, *above) if not is_excluded(file, excluded)):
            fixtures |= {name: text for name, text in fixtures_of(self.read(file)) if name not in fixtures}
        return fixtures

    @cached_property
    def meanings(self) -> Mapping[str, str]:
        """The meanings of names that test files of the suite import; the first file wins."""
        names: dict[str, str] = {}
        for path, text in self._suite.texts.items():
            names = meanings(bindings_of(text, path)) | names
        return {name: meaning for name, meaning in names.items() if not meaning.startswith((".", ":"))}

    def _place(self, path: str, owner: str | None) -> Place:
        file = self._shelf.file(path)
        return self._described(Placement(path=path, owner=owner, style=file.style(owner)))

    def _described(self, placement: Placement) -> Place:
        text = self.read(placement.path)
        fixtures = frozenset(self._shelf.fixtures(placement))
        return Place(placement=placement, text=text, fixtures=fixtures)


def meanings(bindings: imports.Bindings) -> dict[str, str]:
    """The meanings of the names that a file imports: `datetime:date`, or `shop:` for a module."""
    modules = {name: f"{sources[0]}:" for name, sources in bindings.modules.items()}
    return modules | {name: sources[0] for name, sources in bindings.objects.items()}


def at_top(place: Place) -> Place:
    """The same file, outside of all classes."""
    return replace(place, placement=Placement(path=place.placement.path, new_file=place.placement.new_file))


def fixtures_of(text: str) -> Iterator[tuple[str, str]]:
    """The fixtures that a file defines: the name and the text of each."""
    functions = functions_in(parsed(text) or ast.Module([], []))
    return ((node.name, ast.unparse(node)) for node in functions if is_fixture(node))
