"""What people wrote: values in tests, docstrings and the README; an input like these is understood."""

from __future__ import annotations

import ast
import contextlib
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from . import rule

QUOTED = re.compile(r"""(?<![\w'"])(['"])([^'"\n\\]{2,60})\1(?![\w'"])""")
"""A text of one line in quotes, in the prose of a docstring."""
PLACEHOLDER = re.compile(r"""["'].*\{\w*\}""")
PROMPT = re.compile(r"^\s*(>>> |\.\.\. )?")
MOST = 300
MOST_DOCUMENTS, LONGEST_DOCUMENT = 4, 200
LONGEST_README = 50_000


@rule("written")
def values(job: Mapping[str, Any], module: ModuleType, root: str) -> Iterator[str]:
    """Templates, the nearest first: what is passed to functions of the module, then what only stands somewhere.

    Texts into which something is put come last: they are what messages are made of.
    """
    known = (*(call for entry in job["entries"] for call in entry["calls"]), *job["neighbours"], *job["through"])
    found = dict.fromkeys(argument["value"] for call in known for argument in call["arguments"])
    found |= dict.fromkeys(repr(text) for documented in _docstrings(module) for text in quoted(documented))
    found |= dict.fromkeys(_documents(module))
    found |= dict.fromkeys(text for page in _pages(root) for text in shown(page))
    every = dict.fromkeys([*found, *job["written"]])
    yield from sorted(every, key=lambda text: PLACEHOLDER.search(text) is not None)[:MOST]


@rule("documents")
def _documents(module: ModuleType) -> Iterator[str]:
    """Docstrings of several lines: what reads texts with parts is given such."""
    documents = (one for one in _docstrings(module) if "\n" in one.strip() and len(one) <= LONGEST_DOCUMENT)
    yield from (repr(one) for one in sorted(documents, key=len)[:MOST_DOCUMENTS])


def quoted(documented: str) -> Iterator[str]:
    """The texts in quotes in a docstring."""
    yield from (match[2] for match in QUOTED.finditer(documented))


def shown(page: str) -> Iterator[str]:
    """The literals in the calls of a page that can be read as Python, line by line: prose cannot."""
    for line in page.splitlines():
        try:
            nodes = [*ast.walk(ast.parse(PROMPT.sub("", line)))]
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        given = (part for node in nodes if isinstance(node, ast.Call) for part in node.args)
        yield from (repr(part.value) for part in given if isinstance(part, ast.Constant) and part.value is not ...)


def _docstrings(module: ModuleType) -> Iterator[str]:
    """Those of a module and of what is in it."""
    # Of another object, a proxy say, even the question where it is from may do something.
    defined = (held for held in vars(module).values() if issubclass(type(held), FunctionType | type))
    own = [held for held in defined if held.__module__ == module.__name__]
    methods = (held for kind in own for held in vars(kind).values() if isinstance(held, FunctionType))
    written = (
        vars(held).get("__doc__") if isinstance(held, type) else held.__doc__ for held in (module, *own, *methods)
    )
    yield from (inspect.cleandoc(text) for text in written if isinstance(text, str))


def _pages(root: str) -> Iterator[str]:
    """The README."""
    pages = sorted(page for page in Path(root).glob("README*") if page.is_file())
    with contextlib.suppress(OSError):
        yield from (page.read_text(encoding="utf-8", errors="replace")[:LONGEST_README] for page in pages[:1])
