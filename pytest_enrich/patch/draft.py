"""Insert tests into the text of their file; nothing else in it changes."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache, reduce
from itertools import count, groupby

import libcst as cst
from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Candidate, NewRow, NewTest
from pytest_enrich.imports import free, merge, read
from pytest_enrich.imports.text import split_bom
from pytest_enrich.patch import row
from pytest_enrich.patch.scope import (
    Scope,
    Statement,
    above,
    apart,
    begun,
    blank,
    definitions,
    end,
    enter,
    find_last,
    find_test,
    grown,
    indented,
    parse,
    quotes,
    requote,
    spacing,
    unit,
)


def named_apart(candidate: Candidate, taken: AbstractSet[str]) -> Candidate:
    """A new test under the name it would rather have, if that is free; numbered where its own is `taken`."""
    if not isinstance(candidate, NewTest):
        return candidate
    is_free = candidate.wish and candidate.wish not in taken
    name = candidate.wish if is_free else free([candidate.name], taken)
    return replace(candidate, name=name, code=_renamed(candidate, name), wish="")


def insert(text: str, test: Candidate, order: Sequence[Candidate] = ()) -> str:
    """The file's text with `test` in it, and with the imports that were missing.

    A new test goes after its anchor, else to the end of its class or of the file (before what runs the file as a
    program), in the style of the file: indentation, blank lines, quotes. A taken name gets a number. A row goes to
    the end of the test's list of cases, in the list's own layout. What is there already is not inserted again.

    Args:
        text: The file as `decode` gives it, "" for a new one.
        test: What to insert.
        order: All candidates known for this file, in gap order (`in_gap_order`): tests with the same anchor
            keep it, whichever is inserted first. It may include `test` itself.

    Raises:
        RefusedError: The file is not Python, has conflict markers, or the class is gone; for a row, too: the test
            is gone, or has no literal list of cases.
    """
    return insert_each(text, [test], order)


def insert_each(text: str, tests: Sequence[Candidate], order: Sequence[Candidate] = ()) -> str:
    """The text with these tests in it, one after the other; see `insert`."""
    others = [candidate for candidate in order if isinstance(candidate, NewTest)]
    for _, group in groupby(tests, type):
        same = [*group]
        new = [test for test in same if isinstance(test, NewTest)]
        text = _grown(text, new, others) if new else text
        text = reduce(row.insert, (test for test in same if isinstance(test, NewRow)), text)
    return text


def _grown(text: str, tests: Sequence[NewTest], order: Sequence[NewTest]) -> str:
    """The text with these new tests; the file is parsed, and written out, only once."""
    path = tests[0].placement.path
    for test in tests:
        text = merge(text, test.imports, path=path)
    start, text = split_bom(text)
    module = parse(text, path)
    module = module if text.strip() else module.with_changes(has_trailing_newline=True)
    insertion: Insertion | None = None
    for test in tests:
        module = insertion.module if insertion else module
        insertion = _insertion(module, text, test, order)
    return start + (insertion.code if insertion else module.code)


class Insertion(Struct, frozen=True, kw_only=True):
    """Statements, and where they go: before the one at `index` of a scope."""

    scope: Scope
    index: int
    statements: Sequence[Statement]

    @property
    def module(self) -> cst.Module:
        """The module with them."""
        return _with(self.scope, self.index, self.statements)

    @property
    def code(self) -> str:
        """The text of the module with them."""
        before, indent, after = _around(self.scope, self.index)
        return before + indented(self.scope, self.statements, indent) + after


def _insertion(module: cst.Module, text: str, test: NewTest, order: Sequence[NewTest]) -> Insertion | None:
    """Where a test goes in a module, and as what; None if it is there already. `text` is the file as it was."""
    scope = _scope(module, test, order)
    if find_test(scope, test) is not None:
        return None
    index = _index(scope, test, order)
    taken = {definition.name.value for definition in definitions(scope.body)}
    name = free([test.name], taken if scope.owners else taken | read(text).taken)
    code = requote(_renamed(test, name), quotes(text))
    return Insertion(scope=scope, index=index, statements=_statements(scope, code, index))


def _with(scope: Scope, index: int, statements: Sequence[Statement]) -> cst.Module:
    return grown(scope, [*scope.body[:index], *statements, *apart(scope.body[index:], spacing(scope))])


@lru_cache(maxsize=4)  # two thousand lines are written out in a fifth of a second, and many tests go to one place
def _around(scope: Scope, index: int) -> tuple[str, str, str]:
    """The file before what is put into a scope, the indentation there, and the file after it."""
    marks = map("enrich_{}".format, count())
    texts = ((mark, _with(scope, index, [cst.parse_statement(mark)]).code) for mark in marks)
    mark, code = next((mark, code) for mark, code in texts if code.count(mark) == 1)
    before, _, after = code.partition(mark)
    above = before.rstrip(" \t\f")
    return above, before[len(above) :], after


def insert_below(text: str, test: Candidate, comment: str, order: Sequence[Candidate] = ()) -> str:
    """Insert as `insert` does, with a comment above; that on a case stands above its line."""
    if isinstance(test, NewTest):
        return insert(text, replace(test, code=f"# {comment}\n{test.code}"), order)
    after = insert(text, test)
    lines, at = after.split("\n"), row.line(after, test) - 1
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    ending = "\r" * lines[at].endswith("\r")
    return "\n".join([*lines[:at], f"{indent}# {comment}{ending}", *lines[at:]])


def code_of(text: str, test: NewTest) -> str:
    """The code of `test` as it stands in the text, "" where it has another name or is more than one function."""
    _, text = split_bom(text)
    scope = enter(parse(text, test.placement.path), test.placement)
    index = find_test(scope, test)
    node = None if index is None else scope.body[index]
    if not isinstance(node, cst.FunctionDef) or node.name.value != test.name or len(ast.parse(test.code).body) > 1:
        return ""
    above = [line for line in node.leading_lines if line.comment is not None]
    return scope.module.code_for_node(node.with_changes(leading_lines=above)).replace("\r\n", "\n")


def _renamed(test: NewTest, name: str) -> str:
    """The test's code under that name."""
    if name == test.name:
        return test.code
    module = cst.parse_module(test.code)
    body = [
        node.with_changes(name=cst.Name(name))
        if isinstance(node, cst.FunctionDef) and node.name.value == test.name
        else node
        for node in module.body
    ]
    return module.with_changes(body=body).code


class _Indentation(cst.CSTTransformer):
    """Gives all blocks this indentation."""

    def __init__(self, step: str) -> None:
        super().__init__()
        self._step = step

    def leave_IndentedBlock(  # noqa: N802 - as libcst calls it
        self, _original: cst.IndentedBlock, block: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        return block.with_changes(indent=self._step)


def _statements(scope: Scope, code: str, index: int) -> list[Statement]:
    """The statements of `code`, indented as the scope is, with blank lines after the one at `index - 1`."""
    parsed = cst.parse_module(code).visit(_Indentation(unit(scope)))
    first, *rest = parsed.body
    lines = [*blank(above(scope, index)), *parsed.header, *getattr(first, "leading_lines", ())]
    return [first.with_changes(leading_lines=lines), *rest]


def _scope(module: cst.Module, test: NewTest, order: Sequence[NewTest]) -> Scope:
    """The scope that a test goes into; a class that must be made goes where its first test in `order` belongs."""
    place = test.placement
    around = enter(module, replace(place, owner=None))
    if not place.base or find_last(around, str(place.owner)) is not None:
        return enter(module, place)
    first = next((peer for peer in order if peer.placement.owner == place.owner), test)
    return begun(around, place, _index(around, first, order))


def _index(scope: Scope, test: NewTest, order: Sequence[NewTest]) -> int:
    """The index at which a test goes: beside the tests of `order` with the same place, else at that place."""
    beside = _beside(scope, test)
    peers = [peer for peer in order if _beside(scope, peer) == beside]
    middle = peers.index(test) if test in peers else len(peers)
    before = [index for peer in peers[:middle] if (index := _found(scope, peer)) is not None]
    after = [index for peer in peers[middle:] if (index := _found(scope, peer)) is not None]
    if before:
        return max(before) + 1
    if after:
        return min(after)
    _, anchor = beside
    return end(scope) if anchor is None else anchor + 1


def _beside(scope: Scope, test: NewTest) -> tuple[str | None, int | None]:
    """The place of a test in a scope, its class and its anchor; that of a new class is at the module's end."""
    return (None, None) if _brings_class(scope, test) else (test.placement.owner, _anchor(scope, test))


def _found(scope: Scope, test: NewTest) -> int | None:
    """Where in a scope a test is, or the class that is made for it."""
    owner = test.placement.owner
    return find_last(scope, str(owner)) if _brings_class(scope, test) else find_test(scope, test)


def _brings_class(scope: Scope, test: NewTest) -> bool:
    """Whether what goes into this scope for a test is a class that is made for it."""
    return bool(test.placement.base) and not scope.owners


def _anchor(scope: Scope, test: NewTest) -> int | None:
    name = (test.placement.anchor or "").partition("[")[0].rpartition("::")[2].rpartition(".")[2]
    return find_last(scope, name) if name else None
