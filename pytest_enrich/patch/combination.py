"""All suggestions as one patch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_enrich.data import Candidate, Suggestion
from pytest_enrich.errors import RefusedError
from pytest_enrich.patch.difference import diff
from pytest_enrich.patch.draft import Draft
from pytest_enrich.patch.suggestion import as_candidate, in_gap_order
from pytest_enrich.patch.words import one_line


def combine(suggestions: Sequence[Suggestion], texts: Mapping[str, str | None]) -> str:
    """`all.patch`: what the files are when all of `suggestions` are accepted, one `git apply`.

    `texts` are the test files as they are now, by path; None or no entry for one that is not there. A
    suggestion whose file cannot take it is named above the diff and left out.
    """
    after: dict[str, Draft] = {}
    left_out: list[Suggestion] = []
    ordered = in_gap_order(suggestions)
    peers: dict[str, list[Candidate]] = {}
    for suggestion in ordered:
        peers.setdefault(suggestion.target.path, []).append(as_candidate(suggestion))
    for suggestion in ordered:
        test, path = as_candidate(suggestion), suggestion.target.path
        before = after.get(path) or Draft(texts.get(path) or "", path)
        try:
            after[path] = before.insert(test, peers[path])
        except RefusedError:
            left_out.append(suggestion)
    changes = "".join(diff(path, texts.get(path), after[path].text) for path in sorted(after))
    return f"{_head(ordered, left_out)}\n{changes}"


def _head(suggestions: Sequence[Suggestion], left_out: Sequence[Suggestion]) -> str:
    taken = [one for one in suggestions if one not in left_out]
    what = f"{len(taken)} suggestion{'s' if len(taken) != 1 else ''}"
    lines = [f"pytest-enrich: {what:<32} NOT REVIEWED, not part of the suite", ""]
    lines += [f"Adds:   {one_line(one.id)}  {one_line(one.title)}" for one in taken]
    lines += [f"Not in: {one_line(one.id)}  its file cannot take it as it is now" for one in left_out]
    return "\n".join(lines) + "\n"
