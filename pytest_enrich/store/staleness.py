"""Whether the code that a suggestion is about is still the code that it was made for."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from pytest_enrich.data import Suggestion
from pytest_enrich.errors import EnrichError
from pytest_enrich.store import Store, python_file


def today(store: Store, suggestion: Suggestion) -> int | None:
    """The line on which the suggestion's gap is now, None when the source has no such gap any more."""
    return lines(store, [suggestion])[suggestion.id]


def lines(store: Store, suggestions: Iterable[Suggestion]) -> dict[str, int | None]:
    """As `today`, for several by id: each source file is read once."""
    found: dict[str, int | None] = {}
    known: dict[str, dict[str, tuple[str, int]]] = {}
    for one in suggestions:
        path = one.gap.path
        if path not in known:
            known[path] = places(store, path)
        if one.kind == "bug":
            found[one.id] = _promised(store, one)
            continue
        place = known[path].get(one.id)
        found[one.id] = None if place is None else place[1]
    return found


def places(store: Store, path: str) -> dict[str, tuple[str, int]]:
    """The gaps that a source file can have as it is now: qualname and line by id; none when it cannot be read."""
    from pytest_enrich import gaps

    try:
        return gaps.identify(path, python_file.read(store.rootdir, path).text)
    except EnrichError:
        return {}


def _promised(store: Store, one: Suggestion) -> int | None:
    """The line of the function whose docstring has the words of a possible bug, None when none has them now."""
    try:
        tree = ast.parse(python_file.read(store.rootdir, one.gap.path).text)
    except EnrichError:
        return None
    wanted = " ".join(one.gap.text.split())
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            words = " ".join((ast.get_docstring(node, clean=False) or "").split())
            if node.name == one.gap.qualname.rpartition(".")[2] and wanted in words:
                return node.lineno
    return None


def is_stale(store: Store, suggestion: Suggestion) -> bool:
    """Whether the logic around the gap has changed, or is gone."""
    return today(store, suggestion) is None
