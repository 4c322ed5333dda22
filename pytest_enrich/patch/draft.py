"""Put tests into the text of their file, and take them out again; nothing else in it changes.

A `Draft` takes one test after the other, and its file is parsed once for all of them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import reduce

import libcst as cst
from libcst import matchers
from msgspec.structs import replace

from pytest_enrich.data import Candidate, NewRow, NewTest
from pytest_enrich.errors import RefusedError
from pytest_enrich.imports import drop, merge, read
from pytest_enrich.imports.text import bound, split_bom
from pytest_enrich.imports.text import parse as parse_ast
from pytest_enrich.patch import row
from pytest_enrich.patch.scope import (
    Scope,
    Statement,
    blanks,
    enter,
    find_last,
    find_test,
    grown,
    parse,
    quotes,
    requote,
    spacing,
    unit,
)


class Draft:
    """The text of the test file at `path`, and its tree, so that one test after the other can be put in.

    It stays as it is: `insert` gives another one.
    """

    def __init__(self, text: str, path: str, module: cst.Module | None = None) -> None:
        """`module` is the tree of the text without its byte order mark, where that is known."""
        self.text = text
        self._path = path
        self._known = module

    def insert(self, test: Candidate, order: Sequence[Candidate] = ()) -> Draft:
        """The file with `test` in it, as `patch.insert` says.

        Raises:
            RefusedError: As `patch.insert`.
        """
        if isinstance(test, NewRow):
            return self._changed(row.insert(self.text, test))
        ready = self._changed(merge(self.text, test.imports, path=self._path))
        return ready.with_test(test, [one for one in order if isinstance(one, NewTest)])

    def _changed(self, text: str) -> Draft:
        return self if text == self.text else Draft(text, self._path)

    def with_test(self, test: NewTest, order: Sequence[NewTest]) -> Draft:
        """The file with the test alone, which has all its imports."""
        start, text = split_bom(self.text)
        module = self._known or parse(text, self._path)
        scope = enter(module, test.placement)
        if find_test(scope, test) is not None:
            return self
        index = _index(scope, test, order)
        code = requote(_renamed(test, _bound(scope) if scope.owners else read(text).taken)[1], quotes(text))
        body = [
            *scope.body[:index],
            *_statements(scope, code, index),
            *_apart(scope.body[index:], spacing(scope)),
        ]
        changed = grown(scope, body, ended=module.has_trailing_newline or not text.strip())
        return Draft(start + changed.code, self._path, changed if _is_plain(scope, code, index) else None)


def named_apart(candidate: Candidate, taken: AbstractSet[str]) -> Candidate:
    """A new test with a number in its name where that is `taken`; any other as it is."""
    if not isinstance(candidate, NewTest) or candidate.name not in taken:
        return candidate
    name, code = _renamed(candidate, taken)
    return replace(candidate, name=name, code=code)


def insert(text: str, test: Candidate, order: Sequence[Candidate] = ()) -> str:
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

    Raises:
        RefusedError: The file is not Python, has conflict markers, or the class is gone; for a row, too: the test
            is gone, or has no literal list of cases.
    """
    return Draft(text, test.placement.path).insert(test, order).text


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
    scope = enter(parse(text, path), test.placement)
    index = find_test(scope, test)
    if index is None:
        raise RefusedError(
            f"{test.name} is not in {path} as it was put in\nNothing was changed in it.\n"
            f"See what it holds now:  git diff {path}"
        )
    candidates = [drop(one, test.imports, path=path) for one in _without(scope, index)]
    known = (candidate for candidate in candidates if was and was(start + candidate))
    exact = (candidate for candidate in candidates if insert(candidate, test) == text)
    return start + next(known, next(exact, candidates[0]))


def insert_below(text: str, test: Candidate, comment: str, order: Sequence[Candidate] = ()) -> str:
    """As `insert`, below a comment: of a case that has no line of its own, that stands above its test."""
    if isinstance(test, NewTest):
        return insert(text, replace(test, code=f"# {comment}\n{test.code}"), order)
    lines, at = _with_place(insert(text, test), test)
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    end = "\r" * lines[at].endswith("\r")
    return "\n".join([*lines[:at], f"{indent}# {comment}{end}", *lines[at:]])


def without_comment(text: str, test: Candidate, comment: str) -> str:
    """The text, which has the case, without the comment above it; that of a whole test goes with the test."""
    if isinstance(test, NewTest):
        return text
    lines, at = _with_place(text, test)
    is_there = at > 0 and lines[at - 1].strip() == f"# {comment}"
    return "\n".join([*lines[: at - 1], *lines[at:]]) if is_there else text


def _with_place(text: str, case: NewRow) -> tuple[list[str], int]:
    """The lines, and before which of them the comment on a case belongs."""
    lines, at = text.split("\n"), row.line(text, case) - 1
    if lines[at].lstrip().startswith(row.code_of(text, case).split("\n")[0].rstrip("\r")):
        return lines, at
    named = [node for node in ast.walk(parse_ast(text)) if getattr(node, "name", "") == case.name]
    tests = [node for node in named if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    above = [one.lineno for node in tests[:1] for one in (*node.decorator_list, node)]
    return lines, min(above, default=at + 1) - 1


def code_of(text: str, test: NewTest) -> str:
    """The code of `test` as it stands in the text, "" where it has another name or is more than one function."""
    _, text = split_bom(text)
    scope = enter(parse(text, test.placement.path), test.placement)
    index = find_test(scope, test)
    node = None if index is None else scope.body[index]
    if not isinstance(node, cst.FunctionDef) or node.name.value != test.name or len(parse_ast(test.code).body) > 1:
        return ""
    above = [line for line in node.leading_lines if line.comment is not None]
    return scope.module.code_for_node(node.with_changes(leading_lines=above)).replace("\r\n", "\n")


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
    return frozenset(binding.name for binding in bound(parse_ast(code).body))


def _index(scope: Scope, test: NewTest, order: Sequence[NewTest]) -> int:
    """Where among the scope's statements: beside the tests of `order` with the same place, else after it."""
    anchor = _anchor(scope, test)
    owner = test.placement.owner
    peers = [one for one in order if one.placement.owner == owner and _anchor(scope, one) == anchor]
    middle = peers.index(test) if test in peers else len(peers)
    before = [found for peer in peers[:middle] if (found := find_test(scope, peer)) is not None]
    after = [found for peer in peers[middle:] if (found := find_test(scope, peer)) is not None]
    if before:
        return max(before) + 1
    if after:
        return min(after)
    return _end(scope) if anchor is None else anchor + 1


def _anchor(scope: Scope, test: NewTest) -> int | None:
    name = (test.placement.anchor or "").partition("[")[0].rpartition("::")[2].rpartition(".")[2]
    return find_last(scope, name) if name else None


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
    yield grown(scope, [*before, *after], ended=ended).code
    if after and blanks(after[0]):
        lines = [one for one in getattr(after[0], "leading_lines", ()) if one.comment is not None]
        yield grown(scope, [*before, after[0].with_changes(leading_lines=lines), *after[1:]], ended=ended).code
