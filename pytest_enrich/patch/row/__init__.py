"""One more case of a test that exists: an element of its `parametrize` list, or an `@example`.

Nothing else in the file changes: a case gets lines of its own, and the one before it a comma, or it goes to the
end of the line that holds them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pytest_enrich.data import NewRow
from pytest_enrich.errors import RefusedError
from pytest_enrich.imports import drop, merge
from pytest_enrich.imports.text import BOM, split_bom
from pytest_enrich.patch.row import edit, example
from pytest_enrich.patch.row.example import alone_in_list
from pytest_enrich.patch.row.wrap import exchanged_position

__all__ = ["alone_in_list", "carriers", "codes", "insert", "is_there", "line", "remove", "written"]


def insert(text: str, row: NewRow, *, joined: bool = True) -> str:
    """The file's text with `row` in it, and with the imports that it lacks; a row that is there changes nothing.

    Raises:
        RefusedError: The file is not Python, or the test or a literal list for these names is not there.
    """
    if is_there(text, row):
        return text
    start, text = split_bom(text)
    if row.argnames:
        new = edit.insert(text, edit.find(text, row), row)
    else:
        new = example.insert(text, example.find(text, row), row)
    return start + merge(new, row.imports, path=row.placement.path, joined=joined)


def remove(text: str, row: NewRow, was: Callable[[str], bool] | None = None) -> str:
    """The file's text without `row`, and without those of its imports that nothing uses any more.

    A line that was broken up for it and one that was so before look the same: `was` tells of a text whether the
    file has been that before.

    Raises:
        RefusedError: The row is not there as it was put in.
    """
    start, without_bom = split_bom(text)
    path = row.placement.path
    rest = list(_without(without_bom, row))
    if not rest:
        raise RefusedError(
            f"The case of {row.name} is not in {path} as it was put in\nNothing was changed in it.\n"
            f"See what it holds now:  git diff {path}"
        )
    candidates = [start + drop(one, row.imports, path=path) for one in rest]
    known = next((one for one in candidates if was and was(one)), None)
    exact = (one for one in candidates if insert(one, row) == text)
    return known if known is not None else next(exact, candidates[0])


def is_there(text: str, row: NewRow) -> bool:
    """Whether the test has this case already, however it is written.

    Raises:
        RefusedError: As `insert`.
    """
    text = text.removeprefix(BOM)
    if row.argnames:
        return edit.index(edit.find(text, row), row) is not None
    return example.index(example.find(text, row)[1], row) is not None


def written(text: str, row: NewRow) -> str:
    """The code of the case as the list in `text` has the others.

    Raises:
        RefusedError: As `insert`.
    """
    text = text.removeprefix(BOM)
    return edit.written(edit.find(text, row), row, text) if row.argnames else example.written(row, text)


def codes(text: str, row: NewRow) -> tuple[str, ...]:
    """The cases that are listed beside it, or the examples, as they are written.

    Raises:
        RefusedError: As `insert`.
    """
    text = text.removeprefix(BOM)
    return edit.codes(edit.find(text, row)) if row.argnames else example.codes(example.find(text, row)[1])


def carriers(text: str, row: NewRow) -> tuple[str, ...]:
    """The node ids of all that gets the new case: the test's, or that of a class whose decorator it is.

    Behind it come other tests that have the same list.

    Raises:
        RefusedError: As `insert`.
    """
    path, owner = row.placement.path, row.placement.owner
    if row.argnames:
        return tuple(f"{path}::{one}" for one in edit.find(text.removeprefix(BOM), row).carriers)
    return ("::".join([path, *(owner.replace("::", ".").split(".") if owner else []), row.name]),)


def line(text: str, row: NewRow) -> int:
    """The line (1-based) on which the case begins, 0 when it is not there.

    Raises:
        RefusedError: As `insert`.
    """
    text = text.removeprefix(BOM)
    if row.argnames:
        found = edit.find(text, row)
        at = edit.index(found, row)
        return 0 if at is None else exchanged_position(found.scope, found.cases.elements[at])[0]
    scope, function = example.find(text, row)
    at = example.index(function, row)
    return 0 if at is None else exchanged_position(scope, function.decorators[at])[0]


def _without(text: str, row: NewRow) -> Iterator[str]:
    if row.argnames:
        found = edit.find(text, row)
        at = edit.index(found, row)
        yield from edit.removals(found, at) if at is not None else ()
        return
    place = example.find(text, row)
    at = example.index(place[1], row)
    if at is not None:
        yield example.removed(place, at)
