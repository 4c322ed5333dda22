"""Lines that nobody wants tests for, whatever coverage says about them."""

from __future__ import annotations

import ast
import re

from pytest_enrich.gaps.outline import Node, Outline, Scope, children, first_row, header_end, last_row

_PRAGMA = re.compile(r"#\s*pragma[:\s]\s*no\s+enrich\b", re.IGNORECASE)


def unwanted(outline: Outline, text: str) -> set[int]:
    """The lines that ``# pragma: no enrich`` takes away, and what never runs: types alone, abstract methods.

    The pragma on a statement's first lines takes its body too, as ``no cover`` does; an ``else`` stays.
    """
    marked = set()
    if _PRAGMA.search(text):
        marked = {row for row, line in enumerate(outline.text.lines, 1) if _PRAGMA.search(line)}
    found = {outline.text.first(row) for row in marked}
    for node in outline.statements:
        header = range(first_row(node), header_end(node) + 1)
        if not marked.isdisjoint(header) or _only_types(node) or _is_stub(node):
            found |= {outline.text.first(row) for row in range(header.start, _end(node) + 1)}
    return found


def _end(node: Node) -> int:
    """The last line of the first block: all of a function or class."""
    if isinstance(node, Scope) or next(children(node), None) is None:
        return last_row(node)
    return last_row((getattr(node, "body", None) or getattr(node, "cases", [node]))[-1])


def _is_stub(node: Node) -> bool:
    """Whether it is a function that is declared to be overridden or never called."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    names = {getattr(one, "attr", getattr(one, "id", "")) for one in node.decorator_list}
    return not names.isdisjoint({"abstractmethod", "overload"})


def _only_types(node: Node) -> bool:
    if not isinstance(node, ast.If):
        return False
    test = node.test
    return (test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")) == "TYPE_CHECKING"
