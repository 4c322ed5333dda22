"""What people wrote: values in tests, docstrings and the README; readers understand an input like these."""

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
    """Templates, the nearest first: what is passed to functions of the module, then what only appears somewhere.

    Texts with placeholders come last: messages are made of them.
    """
    calls = (*(call for entry in job["entries"] for call in entry["calls"]), *job["neighbours"], *job["through"])
    nearest = dict.fromkeys(argument["value"] for call in calls for argument in call["arguments"])
    nearest |= dict.fromkeys(repr(text) for documented in _docstrings(module) for text in quoted(documented))
    nearest |= dict.fromkeys(_documents(module))
    nearest |= dict.fromkeys(text for page in _pages(root) for text in shown(page))
    templates = dict.fromkeys([*nearest, *job["written"]])
    yield from sorted(templates, key=lambda text: PLACEHOLDER.search(text) is not None)[:MOST]


@rule("documents")
def _documents(module: ModuleType) -> Iterator[str]:
    """Docstrings of several lines, for code that takes texts apart."""
    documents = (text for text in _docstrings(module) if "\n" in text.strip() and len(text) <= LONGEST_DOCUMENT)
    yield from (repr(text) for text in sorted(documents, key=len)[:MOST_DOCUMENTS])


def quoted(documented: str) -> Iterator[str]:
    """The texts in quotes in a docstring."""
    yield from (match[2] for match in QUOTED.finditer(documented))


def shown(page: str) -> Iterator[str]:
    """The literals in the calls of a page, from each line that can be read as Python: prose cannot."""
    for line in page.splitlines():
        try:
            nodes = [*ast.walk(ast.parse(PROMPT.sub("", line)))]
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        arguments = (part for node in nodes if isinstance(node, ast.Call) for part in node.args)
        yield from (
            repr(part.value) for part in arguments if isinstance(part, ast.Constant) and part.value is not ...
        )


def _docstrings(module: ModuleType) -> Iterator[str]:
    """The docstrings of a module and of what is in it."""
    # Even asking another object, such as a proxy, where it is from may run code.
    defined = (value for value in vars(module).values() if issubclass(type(value), FunctionType | type))
    own = [value for value in defined if value.__module__ == module.__name__]
    methods = (value for kind in own for value in vars(kind).values() if isinstance(value, FunctionType))
    written = (
        vars(value).get("__doc__") if isinstance(value, type) else value.__doc__
        for value in (module, *own, *methods)
    )
    yield from (inspect.cleandoc(text) for text in written if isinstance(text, str))


def _pages(root: str) -> Iterator[str]:
    """The README."""
    pages = sorted(page for page in Path(root).glob("README*") if page.is_file())
    with contextlib.suppress(OSError):
        yield from (page.read_text(encoding="utf-8", errors="replace")[:LONGEST_README] for page in pages[:1])
