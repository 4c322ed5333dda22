"""The types that a docstring gives to parameters: Google's, NumPy's and Sphinx's ways of writing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

_SPHINX = re.compile(r"^\s*:param\s+(?P<type>[^:]+?)\s+\*{0,2}(?P<name>\w+)\s*:", re.MULTILINE)
_SPHINX_TYPE = re.compile(r"^\s*:type\s+\*{0,2}(?P<name>\w+)\s*:\s*(?P<type>.+?)\s*$", re.MULTILINE)
_GOOGLE = re.compile(r"^\s+\*{0,2}(?P<name>\w+)\s*\((?P<type>[^()]*(?:\([^()]*\)[^()]*)*)\)\s*:")
_NUMPY = re.compile(r"^\s*(?P<names>\*{0,2}\w+(?:\s*,\s*\*{0,2}\w+)*)\s*:\s*(?P<type>\S.*?)\s*$")
_GOOGLE_HEAD = re.compile(r"^((keyword )?(args|arguments)|parameters|params)\s*:\s*$", re.IGNORECASE)
_NUMPY_HEAD = re.compile(r"^(other )?parameters$", re.IGNORECASE)
_ADDED = re.compile(r",?\s*(optional|required|keyword-only|default\b.*|defaults to .*)\s*$", re.IGNORECASE)


def types(docstring: str | None) -> dict[str, str]:
    """The documented type of each parameter that has one."""
    if not docstring:
        return {}
    pairs = [*_sphinx(docstring), *_google(docstring), *_numpy(docstring)]
    return {name: kind for name, kind in ((name, _plain(kind)) for name, kind in pairs) if kind}


def _plain(kind: str) -> str:
    before = ""
    while before != kind:
        before, kind = kind, _ADDED.sub("", kind)
    return kind.strip(" `,.")


def _sphinx(docstring: str) -> Iterator[tuple[str, str]]:
    for pattern in (_SPHINX, _SPHINX_TYPE):
        yield from ((match["name"], match["type"]) for match in pattern.finditer(docstring))


def _google(docstring: str) -> Iterator[tuple[str, str]]:
    inside = False
    for line in docstring.splitlines():
        if line.strip() and not line.startswith((" ", "\t")):
            inside = _GOOGLE_HEAD.match(line.strip()) is not None
        found = _GOOGLE.match(line) if inside else None
        if found:
            yield found["name"], found["type"]


def _numpy(docstring: str) -> Iterator[tuple[str, str]]:
    lines = [*docstring.splitlines(), ""]
    inside = False
    for line, below in pairwise(lines):
        if below.strip() and not below.strip("- \t"):
            inside = _NUMPY_HEAD.match(line.strip()) is not None
        found = _NUMPY.match(line) if inside and not line.startswith((" ", "\t")) else None
        for name in found["names"].split(",") if found else ():
            yield name.strip(" *"), found["type"] if found else ""
