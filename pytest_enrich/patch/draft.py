"""A test file into which tests go one after the other, and which is parsed once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import libcst as cst
from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Candidate, NewRow, NewTest
from pytest_enrich.imports import merge, read
from pytest_enrich.imports.text import BOM, bound
from pytest_enrich.imports.text import parse as parse_ast
from pytest_enrich.patch import fresh, row
from pytest_enrich.patch.codes import Codes
from pytest_enrich.patch.names import Names
from pytest_enrich.patch.quote import quotes, requote
from pytest_enrich.patch.scope import Scope, enter, grown, parse, spacing


class Known(Struct, frozen=True, kw_only=True):
    """What is known of a text: its tree, how often it has which quote, and the names that its scopes bind."""

    start: str
    module: cst.Module
    codes: Codes
    quotes: tuple[int, int]
    taken: dict[str, frozenset[str]]


class Draft:
    """The text of the test file at `path`, and what has to be known of it to put tests in.

    It stays as it is: `insert` gives another one, which takes over what is still true.
    """

    def __init__(self, given: str | Known, path: str, imported: frozenset[str] = frozenset()) -> None:
        """`given` is the text, or what makes it; the `imported` statements add nothing to it."""
        self._given = given
        self._path = path
        self._imported = imported
        self._merged: dict[tuple[str, bool], Draft] = {}

    @cached_property
    def text(self) -> str:
        """The whole text, with its byte order mark."""
        given = self._given
        return given if isinstance(given, str) else given.start + given.codes.whole(given.module)

    def insert(self, test: Candidate, order: Sequence[Candidate] = (), *, joined: bool = True) -> Draft:
        """The file with `test` in it, as `patch.insert` says.

        Raises:
            RefusedError: As `patch.insert`.
        """
        if isinstance(test, NewRow):
            return self._changed(row.insert(self.text, test, joined=joined))
        ready = self
        for statement in test.imports:
            ready = ready.with_import(statement, joined=joined)
        return ready.with_test(test, [one for one in order if isinstance(one, NewTest)])

    def _changed(self, text: str) -> Draft:
        return self if text == self.text else Draft(text, self._path)

    def with_import(self, statement: str, *, joined: bool) -> Draft:
        """The file with what an import statement brings, if it lacks that."""
        if statement in self._imported:
            return self
        if (statement, joined) not in self._merged:
            text = merge(self.text, [statement], path=self._path, joined=joined)
            imported = self._imported | {statement}
            self._merged[statement, joined] = Draft(text, self._path, imported) if text != self.text else self
        return self._merged[statement, joined]

    @cached_property
    def _known(self) -> Known:
        if isinstance(self._given, Known):
            return self._given
        text = self._given.removeprefix(BOM)
        start = self._given[: len(self._given) - len(text)]
        module, codes = parse(text, self._path)
        return Known(start=start, module=module, codes=codes, quotes=quotes(text), taken={})

    def with_test(self, test: NewTest, order: Sequence[NewTest]) -> Draft:
        """The file with the test alone, which has all its imports."""
        known = self._known
        scope = enter(known.module, test.placement)
        names = Names(scope, known.codes)
        if names.find(test) is not None:
            return self
        index = _index(scope, names, test, order)
        name, code = fresh.renamed(test, self._taken(scope, test))
        code = requote(code, known.quotes)
        body = [
            *scope.body[:index],
            *fresh.statements(scope, code, index),
            *fresh.apart(scope.body[index:], spacing(scope)),
        ]
        module = grown(scope, body, ended=known.module.has_trailing_newline or not self.text.strip())
        if fresh.is_plain(scope, code, index):
            return self._taking_over(module, test.placement.owner or "", name, code)
        return Draft(known.start + known.codes.whole(module), self._path)

    def _taking_over(self, module: cst.Module, owner: str, name: str, code: str) -> Draft:
        """The draft with one more function, by which no name and no import gets another meaning."""
        known = self._known
        single, double = (sum(counts) for counts in zip(known.quotes, quotes(code), strict=True))
        taken = {**known.taken, owner: known.taken[owner] | {name}}
        then = replace(known, module=module, quotes=(single, double), taken=taken)
        nothing_added = {statement for (statement, _), one in self._merged.items() if one is self}
        return Draft(then, self._path, self._imported | nothing_added)

    def _taken(self, scope: Scope, test: NewTest) -> frozenset[str]:
        """The names that are bound in the scope; found out when they are first wanted."""
        owner, taken = test.placement.owner or "", self._known.taken
        if owner not in taken:
            taken[owner] = _bound(scope) if scope.owners else read(self.text.removeprefix(BOM)).taken
        return taken[owner]


def _bound(scope: Scope) -> frozenset[str]:
    code = scope.module.with_changes(header=(), footer=(), body=scope.body).code
    return frozenset(one.name for one in bound(parse_ast(code).body))


def _index(scope: Scope, names: Names, test: NewTest, order: Sequence[NewTest]) -> int:
    """Where among the scope's statements: beside the tests of `order` with the same place, else after it."""
    anchor = _anchor(names, test)
    owner = test.placement.owner
    peers = [one for one in order if one.placement.owner == owner and _anchor(names, one) == anchor]
    middle = peers.index(test) if test in peers else len(peers)
    before = [found for one in peers[:middle] if (found := names.find(one)) is not None]
    after = [found for one in peers[middle:] if (found := names.find(one)) is not None]
    if before:
        return max(before) + 1
    if after:
        return min(after)
    return _end(scope) if anchor is None else anchor + 1


def _anchor(names: Names, test: NewTest) -> int | None:
    name = (test.placement.anchor or "").partition("[")[0].rpartition("::")[2].rpartition(".")[2]
    return names.last(name) if name else None


def _end(scope: Scope) -> int:
    """The end of the scope, before `if __name__ == "__main__":` where that comes last."""
    last = scope.body[-1] if scope.body else None
    runs = isinstance(last, cst.If) and "__name__" in scope.module.code_for_node(last.test)
    return len(scope.body) - 1 if runs else len(scope.body)
