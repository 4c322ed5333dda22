"""Whether the code that a suggestion is about is still the code that it was made for."""

from __future__ import annotations

from pytest_enrich.data import Suggestion
from pytest_enrich.errors import EnrichError
from pytest_enrich.store import Store, python_file


def today(store: Store, suggestion: Suggestion) -> int | None:
    """The line on which the suggestion's gap is now, None when the source has no such gap any more."""
    place = places(store, suggestion.gap.path).get(suggestion.id)
    return None if place is None else place[1]


def places(store: Store, path: str) -> dict[str, tuple[str, int]]:
    """The gaps that a source file can have as it is now: qualname and line by id; none when it cannot be read."""
    from pytest_enrich import gaps

    try:
        return gaps.identify(path, python_file.read(store.rootdir, path).text)
    except EnrichError:
        return {}


def is_stale(store: Store, suggestion: Suggestion) -> bool:
    """Whether the logic around the gap has changed, or is gone."""
    return today(store, suggestion) is None
