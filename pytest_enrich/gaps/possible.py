"""Which branches a text has at all: what a run says that it took beyond these, it did not take."""

from __future__ import annotations

import functools

from pytest_enrich.data import Branch


@functools.lru_cache(maxsize=4)  # a few files are asked about, each many times
def branches(text: str) -> frozenset[Branch]:
    """All branches of a source file's text, whether they can be taken or not; none when it cannot be parsed."""
    from coverage.exceptions import CoverageException
    from coverage.parser import PythonParser

    parser = PythonParser(text=text or "\n")
    try:
        parser.parse_source()
        exits = parser.exit_counts()
        return frozenset(arc for arc in parser.arcs() if exits.get(arc[0], 0) > 1)
    except (CoverageException, SyntaxError, ValueError, RecursionError):
        return frozenset()
