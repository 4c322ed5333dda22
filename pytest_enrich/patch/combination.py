"""All suggestions as one patch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_enrich.data import Suggestion
from pytest_enrich.errors import RefusedError
from pytest_enrich.patch.difference import diff
from pytest_enrich.patch.insertion import insert
from pytest_enrich.patch.suggestion import as_candidate, in_gap_order
from pytest_enrich.patch.words import one_line


def combine(suggestions: Sequence[Suggestion], texts: Mapping[str, str | None]) -> str:
    """`all.patch`: what the files are when all of `suggestions` are accepted, one `git apply`.

    `texts` are the test files as they are now, by path; None or no entry for one that is not there. A
    suggestion whose file cannot take it is named above the diff and left out.
    """
    after: dict[str, str] = {}
    left_out: list[Suggestion] = []
    ordered = in_gap_order(suggestions)
    tests = [as_candidate(one) for one in ordered]
    for suggestion, test in zip(ordered, tests, strict=True):
        path = test.placement.path
        peers = [one for one in tests if one.placement.path == path]
        try:
            after[path] = insert(after.get(path, texts.get(path) or ""), test, peers)
        except RefusedError:
            left_out.append(suggestion)
    changes = "".join(diff(path, texts.get(path), after[path]) for path in sorted(after))
    return f"{_head(ordered, left_out)}\n{changes}"


def _head(suggestions: Sequence[Suggestion], left_out: Sequence[Suggestion]) -> str:
    taken = [one for one in suggestions if one not in left_out]
    what = f"{len(taken)} suggestion{'s' if len(taken) != 1 else ''}"
    lines = [f"pytest-enrich: {what:<32} NOT REVIEWED, not part of the suite", ""]
    lines += [f"Adds:   {one_line(one.id)}  {one_line(one.title)}" for one in taken]
    lines += [f"Not in: {one_line(one.id)}  its file cannot take it as it is now" for one in left_out]
    return "\n".join(lines) + "\n"
