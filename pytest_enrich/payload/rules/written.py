"""What people wrote: values in tests, docstrings and the README; an input like these is understood."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from . import rule

QUOTED = re.compile(r"""(?<![\w'"])(['"])([^'"\n\\]{2,60})\1(?![\w'"])""")
"""A text of one line in quotes, in prose or in an example."""
MOST = 300
LONGEST_README = 50_000


@rule("written")
def values(job: Mapping[str, Any], module: ModuleType, root: str) -> Iterator[str]:
    """Templates, the nearest first: what is passed to functions of the module, then what only stands somewhere."""
    known = (*(call for entry in job["entries"] for call in entry["calls"]), *job["neighbours"], *job["through"])
    found = dict.fromkeys(argument["value"] for call in known for argument in call["arguments"])
    found |= dict.fromkeys(repr(text) for documented in _documented(module, root) for text in quoted(documented))
    yield from [*dict.fromkeys([*found, *job["written"]])][:MOST]


def quoted(documented: str) -> Iterator[str]:
    """The texts in quotes in a docstring or a page."""
    yield from (match[2] for match in QUOTED.finditer(documented))


def _documented(module: ModuleType, root: str) -> Iterable[str]:
    """The docstrings of a module and of what is in it, and the README."""
    own = (held for held in vars(module).values() if getattr(held, "__module__", None) == module.__name__)
    pages = sorted(Path(root).glob("README*"))[:1]
    yield from (inspect.getdoc(held) or "" for held in (module, *own))
    yield from (page.read_text(encoding="utf-8", errors="replace")[:LONGEST_README] for page in pages)
