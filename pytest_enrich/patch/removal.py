"""Take a test out of the text of its file again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pytest_enrich.data import Candidate, NewRow
from pytest_enrich.errors import RefusedError
from pytest_enrich.imports import drop
from pytest_enrich.imports.text import BOM
from pytest_enrich.patch import row
from pytest_enrich.patch.insertion import insert
from pytest_enrich.patch.names import Names
from pytest_enrich.patch.scope import Scope, blanks, enter, parse, rebuilt


def remove(text: str, test: Candidate, was: Callable[[str], bool] | None = None) -> str:
    """The file's text without `test`, and without those of its imports that nothing uses any more.

    ``remove(insert(text, test), test) == text``, also when other parts changed in between. Where two texts would
    become this one, it is the one that `was`, which tells whether the file has ever been a text, knows.

    Raises:
        RefusedError: The test is not there as it was put in.
    """
    if isinstance(test, NewRow):
        return row.remove(text, test, was)
    start = BOM if text.startswith(BOM) else ""
    text = text.removeprefix(BOM)
    path = test.placement.path
    module, codes = parse(text, path)
    scope = enter(module, test.placement)
    index = Names(scope, codes).find(test)
    if index is None:
        raise RefusedError(
            f"{test.name} is not in {path} as it was put in\nNothing was changed in it.\n"
            f"See what it holds now:  git diff {path}"
        )
    candidates = [drop(one, test.imports, path=path) for one in _without(scope, index)]
    known = (one for one in candidates if was and was(start + one))
    exact = (one for one in candidates if insert(one, test) == text)
    return start + next(known, next(exact, candidates[0]))


def _without(scope: Scope, index: int) -> Iterator[str]:
    """The text without the statement, and without the blank lines below it that may have come with it."""
    before, after = list(scope.body[:index]), list(scope.body[index + 1 :])
    ended = scope.module.has_trailing_newline
    yield rebuilt(scope, [*before, *after], ended=ended)
    if after and blanks(after[0]):
        lines = [one for one in getattr(after[0], "leading_lines", ()) if one.comment is not None]
        yield rebuilt(scope, [*before, after[0].with_changes(leading_lines=lines), *after[1:]], ended=ended)
