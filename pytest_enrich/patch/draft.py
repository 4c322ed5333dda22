"""Put tests into the text of their file, and take them out again; nothing else in it changes.

A `Draft` takes one test after the other, and its file is parsed once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property, reduce

import libcst as cst
from libcst import matchers
from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Candidate, NewRow, NewTest
from pytest_enrich.errors import RefusedError
from pytest_enrich.imports import drop, merge, read
from pytest_enrich.imports.text import BOM, bound, split_bom
from pytest_enrich.imports.text import parse as parse_ast
from pytest_enrich.patch import row
from pytest_enrich.patch.scope import (
    Codes,
    Names,
    Scope,
    Statement,
    blanks,
    enter,
    grown,
    parse,
    quotes,
    rebuilt,
    requote,
    spacing,
    unit,
)


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
        start, text = split_bom(self._given)
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
        name, code = _renamed(test, self._taken(scope, test))
        code = requote(code, known.quotes)
        body = [
            *scope.body[:index],
            *_statements(scope, code, index),
            *_apart(scope.body[index:], spacing(scope)),
        ]
        module = grown(scope, body, ended=known.module.has_trailing_newline or not self.text.strip())
        if _is_plain(scope, code, index):
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


def named_apart(candidate: Candidate, taken: AbstractSet[str]) -> Candidate:
    """A new test with a number in its name where that is `taken`; any other as it is."""
    if not isinstance(candidate, NewTest) or candidate.name not in taken:
        return candidate
    name, code = _renamed(candidate, taken)
    return replace(candidate, name=name, code=code)


def insert(text: str, test: Candidate, order: Sequence[Candidate] = (), *, joined: bool = True) -> str:
    """The file's text with `test` in it, and with the imports that it lacks.

    A new test goes after its anchor, else to the end of its class or of the file (before what runs the file as a
    program), in the style of the file: indentation, blank lines, quotes. A taken name gets a number. A row goes to
    the end of the test's list of cases, in the list's own layout. What is there already is not put in again.

    For several tests of one file there is `Draft`, which does the same without parsing the file for each.

    Args:
        text: The file as `decode` gives it, "" for a new one.
        test: What to put in.
        order: All that is known for this file, in gap order (`in_gap_order`): tests with one anchor keep it,
            whichever comes first. It may hold `test` itself.
        joined: False gives each import its own line, so that lines are only added.

    Raises:
        RefusedError: The file is not Python, has conflict markers, or the class is gone; for a row, too: the test
            is gone, or has no literal list of cases.
    """
    return Draft(text, test.placement.path).insert(test, order, joined=joined).text


def insert_each(text: str, tests: Sequence[Candidate]) -> str:
    """The text with these tests in it, one after the other; as `insert`, which parses the file for each."""
    path = tests[0].placement.path
    return reduce(lambda draft, test: draft.insert(test), tests, Draft(text, path)).text


def remove(text: str, test: Candidate, was: Callable[[str], bool] | None = None) -> str:
    """The file's text without `test`, and without those of its imports that nothing uses any more.

    ``remove(insert(text, test), test) == text``, also when other parts changed in between. Where two texts would
    become this one, it is the one that `was`, which tells whether the file has ever been a text, knows.

    Raises:
        RefusedError: The test is not there as it was put in.
    """
    if isinstance(test, NewRow):
        return row.remove(text, test, was)
    start, text = split_bom(text)
    path = test.placement.path
    module, codes = parse(text, path)
    scope = enter(module, test.placement)
    index = Names(scope, codes).find(test)
    if index is None:
        raise RefusedError(
            f"{test.name} is not in {path} as it was put in\nNothing was changed in it.\n"
            f"See what it holds now:  git diff {path}"
        )
    candidates = [drop(one, test.imports, path=path) for one in _without(scope, index)]
    known = (one for one in candidates if was and was(start + one))
    exact = (one for one in candidates if insert(one, test) == text)
    return start + next(known, next(exact, candidates[0]))


def _renamed(test: NewTest, taken: AbstractSet[str]) -> tuple[str, str]:
    """The test's name, with a number where it is `taken`, and its code."""
    number, name = 2, test.name
    while name in taken:
        number, name = number + 1, f"{test.name}_{number}"
    if name == test.name:
        return name, test.code
    module = cst.parse_module(test.code)
    body = [
        node.with_changes(name=cst.Name(name))
        if isinstance(node, cst.FunctionDef) and node.name.value == test.name
        else node
        for node in module.body
    ]
    return name, module.with_changes(body=body).code


def _statements(scope: Scope, code: str, index: int) -> list[Statement]:
    """The statements of `code`, indented as the scope is, apart from what stands at `index - 1`."""
    step = unit(scope)
    parsed = matchers.replace(
        cst.parse_module(code), matchers.IndentedBlock(), lambda block, _: block.with_changes(indent=step)
    )
    assert isinstance(parsed, cst.Module)
    first, *rest = parsed.body
    top = not scope.owners and not index and (scope.body or not scope.module.header)
    lines = [*_blank(0 if top else spacing(scope)), *parsed.header, *getattr(first, "leading_lines", ())]
    return [first.with_changes(leading_lines=lines), *rest]


def _apart(body: Sequence[Statement], count: int) -> list[Statement]:
    """`body` with blank lines above its first statement, if it has none."""
    if not body or blanks(body[0]):
        return list(body)
    lines = [*_blank(count), *getattr(body[0], "leading_lines", ())]
    return [body[0].with_changes(leading_lines=lines), *body[1:]]


def _is_plain(scope: Scope, code: str, index: int) -> bool:
    """Whether a file with `code` at `index` of the scope would be parsed as the tree that it was made into.

    Where comments or blank lines may come to belong to another statement, it is not taken for granted.
    """
    module = scope.module
    parsed = cst.parse_module(code)
    block = scope.owners[-1].body if scope.owners else module
    after = scope.body[index:]
    return (
        module.has_trailing_newline
        and index > 0
        and isinstance(block, (cst.Module, cst.IndentedBlock))
        and (bool(after) or not block.footer)
        and all(_is_at_margin(line) for one in after[:1] for line in getattr(one, "leading_lines", ()))
        and len(parsed.body) == 1
        and isinstance(parsed.body[0], cst.FunctionDef)
        and not parsed.footer
        and "global" not in code
    )


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


def _is_at_margin(line: cst.EmptyLine) -> bool:
    return line.comment is None or (line.indent and not line.whitespace.value)


def _blank(count: int) -> list[cst.EmptyLine]:
    return [cst.EmptyLine(indent=False)] * count


def _without(scope: Scope, index: int) -> Iterator[str]:
    """The text without the statement, and without the blank lines below it that may have come with it."""
    before, after = list(scope.body[:index]), list(scope.body[index + 1 :])
    ended = scope.module.has_trailing_newline
    yield rebuilt(scope, [*before, *after], ended=ended)
    if after and blanks(after[0]):
        lines = [one for one in getattr(after[0], "leading_lines", ()) if one.comment is not None]
        yield rebuilt(scope, [*before, after[0].with_changes(leading_lines=lines), *after[1:]], ended=ended)
