"""Whether the code that a suggestion is about is still the code that it was made for."""

from __future__ import annotations

from pytest_enrich.commands import python_file
from pytest_enrich.data import Suggestion
from pytest_enrich.errors import EnrichError
from pytest_enrich.store import Store


def today(store: Store, suggestion: Suggestion) -> int | None:
    """The line on which the suggestion's gap is now, None when the source has no such gap any more."""
    from pytest_enrich import gaps

    try:
        file = python_file.read(store.rootdir, suggestion.gap.path)
    except EnrichError:
        return None
    place = gaps.identify(suggestion.gap.path, file.text).get(suggestion.id)
    return None if place is None else place[1]


def is_stale(store: Store, suggestion: Suggestion) -> bool:
    """Whether the logic around the gap has changed, or is gone."""
    return today(store, suggestion) is None
