"""Reduce what a test passes: options of its calls, and elements of what it sets up."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from typing import TypeAlias

from pytest_enrich.data import NewTest
from pytest_enrich.imports import only_statement, parsed
from pytest_enrich.imports.text import Span
from pytest_enrich.mutants.edit import Source
from pytest_enrich.refine.asserting import is_telling
from pytest_enrich.refine.rewrite import with_lines
from pytest_enrich.refine.statement import Statement
from pytest_enrich.writing.syntax import Function, used

LONGEST_LINE = 84
"""For the code as it is here: in a class it is indented by four more columns."""
OPENING, CLOSING = re.compile(r"(?<=[\[({])\s*\n\s*"), re.compile(r",?\s*\n\s*(?=[\])}])")
BREAK = re.compile(r"\s*\n\s*")
LINED = re.compile("#|\"\"\"|'''")
"""What must keep its line breaks: comments and triple-quoted strings."""
Listing: TypeAlias = "ast.Call | ast.Dict | ast.List | ast.Set"


def fewer(candidate: NewTest, statements: Sequence[Statement]) -> Iterator[NewTest]:
    """The candidate with fewer elements of one call or display in these statements, the last ones first.

    Each has to be proven, so displays are cut only where something is refused, which needs little in them.
    """
    source = Source(candidate.code)
    is_refusal = any(map(_refuses, statements))
    for statement in reversed(statements):
        is_stated = not is_refusal or (statement.asserts and not _refuses(statement))
        for node in _listings(statement.node):
            elements = [*_elements(node, source)]
            for going in _going(node, candidate.name, len(elements), is_stated=is_stated):
                code = _without(source, node, elements, going)
                if parsed(code) is not None:  # an element in parentheses of its own may lose one of them
                    yield with_lines(candidate, statement.first, statement.last, code)


def unasked(candidate: NewTest) -> Iterator[NewTest]:
    """The candidate without one of its arguments that its body does not read, the last ones first.

    Arguments that decorators pass (`@patch`) go by their places: they stay.
    """
    function, source = only_statement(candidate.code), Source(candidate.code)
    if not isinstance(function, Function) or any("patch" in ast.unparse(mark) for mark in function.decorator_list):
        return
    arguments, read = [*function.args.args, *function.args.kwonlyargs], used(*function.body)
    elements = [*map(source.span, arguments)]
    for at in range(len(arguments) - 1, -1, -1):
        if arguments[at].arg not in {*read, "self", "cls"}:
            start = source.text.index("(", source.span(function)[0])
            end = source.text.index(")", elements[-1][1]) + 1
            code = _cut(source.text, (start, end), start + 1, elements, [at])
            if parsed(code) is not None:  # an argument may have a default
                yield with_lines(candidate, function.lineno, source.text[:end].count("\n") + 1, code)


def _refuses(statement: Statement) -> bool:
    """Whether it is a `with` block that says what is raised in it."""
    return statement.asserts and isinstance(statement.node, ast.With | ast.AsyncWith)


def _listings(node: ast.AST) -> Iterator[Listing]:
    """The calls and displays in it; those inside an f-string have no position of their own before Python 3.12."""
    if isinstance(node, ast.Call | ast.Dict | ast.List | ast.Set):
        yield node
    for child in ast.iter_child_nodes(node) if not isinstance(node, ast.JoinedStr) else ():
        yield from _listings(child)


def _going(node: Listing, name: str, count: int, *, is_stated: bool) -> Iterator[list[int]]:
    """The indexes of elements to leave out, for each way to do so, the biggest cuts first.

    Arguments of what asserts are what it states (`match=`), and an option in the test's name is what it is about:
    both stay.
    """
    if isinstance(node, ast.Call) and not is_telling(node) and count > 1:
        first = len(node.args)
        named = ((first + at, keyword.arg) for at, keyword in enumerate(node.keywords))
        yield from ([at] for at, option in reversed([*named]) if option and option not in name)
    elif not isinstance(node, ast.Call) and not is_stated:
        # There is no display for an empty set.
        yield from (
            chunk for chunk in chunks([*range(count)]) if len(chunk) < count or not isinstance(node, ast.Set)
        )


def _elements(node: Listing, source: Source) -> Iterator[Span]:
    """The span of each element."""
    match node:
        case ast.Call(args=args, keywords=keywords):
            yield from map(source.span, (*args, *keywords))
        case ast.Dict(keys=keys, values=values):
            starts = [
                source.span(key or value)[0] - 2 * (key is None) for key, value in zip(keys, values, strict=True)
            ]
            yield from zip(starts, (source.span(value)[1] for value in values), strict=True)
        case ast.List(elts=elements) | ast.Set(elts=elements):
            yield from map(source.span, elements)


def _without(source: Source, node: Listing, elements: Sequence[Span], going: Collection[int]) -> str:
    """The code without some elements of a node."""
    start, end = source.span(node)
    opening = source.text.index("(", source.span(node.func)[1]) + 1 if isinstance(node, ast.Call) else start + 1
    return _cut(source.text, (start, end), opening, elements, going)


def _cut(text: str, whole: Span, opening: int, elements: Sequence[Span], going: Collection[int]) -> str:
    """The code without some elements in brackets: on one line where it fits, else unchanged apart from them.

    `whole` ends with the closing bracket; `opening` is where the first element may begin.
    """
    start, end = whole
    kept = [text[slice(*span)] for at, span in enumerate(elements) if at not in going]
    line = _joined(f"{text[start:opening]}{', '.join(kept)}{text[end - 1]}")
    column = start - text.rfind("\n", 0, start) - 1
    if column + len(line) <= LONGEST_LINE and not LINED.search(text[start:end]):
        return text[:start] + line + text[end:]
    for at in sorted(going, reverse=True):
        first, last = elements[at][0], elements[at + 1][0] if at + 1 < len(elements) else elements[at][1]
        first = elements[at - 1][1] if at and at + 1 == len(elements) else first
        text = text[:first] + text[last:]
    return text


def _joined(text: str) -> str:
    """The text on one line."""
    return BREAK.sub(" ", CLOSING.sub("", OPENING.sub("", text)))


def chunks(places: list[int]) -> Iterator[list[int]]:
    """All of them, each half, each quarter, ... and each alone; the last ones first."""
    size = len(places)
    while size:
        yield from (places[max(end - size, 0) : end] for end in range(len(places), 0, -size))
        size //= 2
