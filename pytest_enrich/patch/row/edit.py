"""An id for a case, in the style of the ids beside it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import libcst as cst

from pytest_enrich.data import NewRow
from pytest_enrich.errors import RefusedError
from pytest_enrich.imports.text import split
from pytest_enrich.patch.row import listing, place, wrap
from pytest_enrich.patch.row.place import Listing, Place
from pytest_enrich.patch.row.wrap import (
    Case,
    Changes,
    case_source,
    exchanged_position,
    read_case,
    rebuilt,
    styled_case,
    within,
)
from pytest_enrich.patch.scope import enter, parse, quotes, requote, unit

_WORD = re.compile(r"[A-Za-z0-9]+")
_SIGNS = {"<=": "up to", ">=": "from", "<": "below", ">": "above", "!=": "not"}
_SIGN = re.compile(r"[<>!]=|[<>]|(?<![\w)])-(?=\d)")
_WEAK = frozenset({"a", "an", "and", "as", "by", "for", "in", "is", "of", "or", "the", "to", "with", "without"})
# Words for signs do not count: what they compare does.
_WEAK |= {word for sign in (*_SIGNS.values(), "minus") for word in sign.split()}
FEWEST, MOST = 2, 4


def derive_name(title: str, sources: Sequence[str]) -> str:
    """The source of an id for a case that shows `title`, in words as the ids in `sources` have them."""
    known = [text for one in sources if (text := _text(one)) is not None]
    separator = _separator(known)
    words = _words(title, max((len(_WORD.findall(one)) for one in known), default=FEWEST))
    name, number = separator.join(words), 2
    if known and all(one.isupper() for one in known):
        name = name.upper()
    first = name
    while name in known:
        name, number = f"{first}{separator}{number}", number + 1
    return f'"{name}"'


def _words(title: str, usual: int) -> list[str]:
    """The first words of what is said after the function's name, up to so many that say something.

    Of "gives 0 when total < 0" it is the condition that tells one case from another.
    """
    said = title.partition(": ")[2] or title
    told = _SIGN.sub(lambda sign: f" {_SIGNS.get(sign[0], 'minus')} ", said.partition(" when ")[2] or said)
    words: list[str] = []
    for word in _WORD.findall(told):
        words.append(word.lower())
        if sum(one not in _WEAK for one in words) == min(max(usual, FEWEST), MOST):
            break
    return words or ["case"]


def _separator(known: Sequence[str]) -> str:
    found = Counter(char for one in known for char in one if char in "-_ ")
    return found.most_common(1)[0][0] if found else "-"


def _text(source: str) -> str | None:
    try:
        value = ast.literal_eval(source)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None


def find(text: str, row: NewRow) -> Place:
    """The place of `row` in the file's text.

    Raises:
        RefusedError: There is none.
    """
    return place.find(enter(parse(text, row.placement.path)[0], row.placement), row)


def index(found: Place, row: NewRow) -> int | None:
    """Which of the cases has the values of `row`; None when none has."""
    key = _case(found, row).key
    cases = (read_case(one.value, bare=found.bare).key for one in found.cases.elements)
    return next((number for number, one in enumerate(cases) if one == key), None)


def codes(found: Place) -> tuple[str, ...]:
    """The cases as they are written."""
    return tuple(case_source(one.value) for one in found.cases.elements)


def written(found: Place, row: NewRow, text: str) -> str:
    """The code of the case as it is written in its list."""
    others = [read_case(one.value, bare=found.bare) for one in found.cases.elements]
    fresh = derive_name(row.title, [one.id for one in others if one.id])
    return requote(styled_case(_case(found, row), others, fresh), quotes(text))


def insert(text: str, found: Place, row: NewRow) -> str:
    """The text with `row` at the end of its list: on one more line, or on the last one while that is short.

    A line that would be too long is broken up as others of the file are, if `removals` can put it together.
    """
    new = {found.cases: _expression(written(found, row, text), row)}
    if found.ids is not None:
        new[found.ids] = _expression(_id(found, row, text), row)
    most = wrap.width(text)
    whole = [rebuilt(found.scope, changes) for changes in _grown(found, new)]
    good = next((one for one in whole if _fits(one, text, most)), None)
    if good is not None:
        return good
    broken = [one for one in _broken(found, new) if _reversible(one, row, text)]
    if listing.is_one_line(found.cases) and found.cases.elements and not broken:
        whole.append(rebuilt(found.scope, _lowered(found, new)))
    return next((one for one in broken if _fits(one, text, most)), [*whole, *broken][-1])


def removals(found: Place, at: int) -> Iterator[str]:
    """The texts without the case at `at`: as it stands, then with what `insert` may have broken up on one line."""
    lists = {found.cases: listing.without(found.cases, at)}
    number = found.id_of(at)
    if found.ids is not None and number is not None:
        lists[found.ids] = listing.without(found.ids, number)
    for changes in _flattened(lists):
        yield rebuilt(found.scope, changes)
    for changes in _flattened(lists):
        for call in wrap.flat(within(found.call, changes)) if found.is_inside else ():
            yield rebuilt(found.scope, {**changes, found.call: call})


def _case(found: Place, row: NewRow) -> Case:
    return read_case(_expression(row.code, row), bare=found.bare)


def _expression(code: str, row: NewRow) -> cst.BaseExpression:
    """One element of a list: what is written there without more commas or stars."""
    try:
        listed = ast.parse(f"[{code.strip()}\n]", mode="eval").body
        found = cst.parse_expression(code.strip())
    except (cst.ParserSyntaxError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _wrong(row) from error
    if not isinstance(listed, ast.List) or len(listed.elts) != 1 or isinstance(listed.elts[0], ast.Starred):
        raise _wrong(row)
    return found


def _wrong(row: NewRow) -> RefusedError:
    return RefusedError(
        f"The case for {row.name} is not one Python expression\nIt was not put in.\nSee it:  {row.code[:60]!r}"
    )


def _id(found: Place, row: NewRow, text: str) -> str:
    """The id to go into the list of ids."""
    assert found.ids is not None
    given = _case(found, row).id
    fresh = given or derive_name(row.title, [case_source(one.value) for one in found.ids.elements])
    return requote(fresh, quotes(text))


def _grown(found: Place, new: Mapping[Listing, cst.BaseExpression]) -> Iterator[Changes]:
    """Each list with its new element, in the layouts that change no other line."""
    for cases in listing.appended(found.cases, new[found.cases]):
        if found.ids is None:
            yield {found.cases: cases}
            continue
        for ids in listing.appended(found.ids, new[found.ids]):
            yield {found.cases: cases, found.ids: ids}


def _lowered(found: Place, new: Mapping[Listing, cst.BaseExpression]) -> Changes:
    """With the case on a line of its own below the first one."""
    row, column = exchanged_position(found.scope, found.cases.elements[0])
    before = split(found.scope.module.code)[row - 1][:column]
    indent = "".join(char if char == "\t" else " " for char in before)
    lists: dict[cst.CSTNode, cst.CSTNode | cst.RemovalSentinel] = {
        one: next(listing.appended(one, value)) for one, value in new.items() if one is not found.cases
    }
    return {**lists, found.cases: listing.lowered(found.cases, new[found.cases], indent)}


def _broken(found: Place, new: Mapping[Listing, cst.BaseExpression]) -> Iterator[str]:
    """With lines broken up, the way that the file likes best first."""
    scope, step = found.scope, unit(found.scope)
    grown = {one: next(listing.appended(one, value)) for one, value in new.items()}
    short = [one for one in grown if listing.is_one_line(one)]
    liked = wrap.style(scope.module)
    if liked == "aligned" or not short:
        return
    if found.is_inside and liked == "formatter" and wrap.is_one_line(found.call):
        call = within(found.call, _merged(grown))
        for form in wrap.forms(call, [grown[one] for one in short], step):
            yield rebuilt(scope, {**_merged(grown), found.call: form})
        return
    for chosen in wrap.chosen_of(short)[1:]:
        broken = {one: listing.exploded(grown[one], _base(found, one), step) for one in chosen}
        yield rebuilt(scope, _merged(grown, broken))


def _merged(*parts: Mapping[Listing, Listing]) -> Changes:
    return {old: new for part in parts for old, new in part.items()}


def _base(found: Place, one: Listing) -> str:
    """How much more the line of a list is indented than the statement that it is in."""
    lines = split(found.scope.module.code)
    statement, _ = exchanged_position(found.scope, found.call if found.is_inside else one)
    row, _ = exchanged_position(found.scope, one)
    own, outer = (re.match(r"[ \t]*", lines[number - 1]) for number in (row, statement))
    return own[0].removeprefix(outer[0]) if own and outer else ""


def _flattened(lists: Mapping[Listing, Listing]) -> Iterator[Changes]:
    """The lists as they are, and with some or all of them on one line."""
    able = [key for key, one in lists.items() if not listing.is_one_line(one) and not listing.has_comments(one)]
    for chosen in wrap.chosen_of(able):
        yield {key: listing.collapsed(one) if key in chosen else one for key, one in lists.items()}


def _fits(new: str, old: str, most: int) -> bool:
    known = set(old.splitlines())
    return all(len(line.expandtabs(8)) <= most for line in new.splitlines() if line not in known)


def _reversible(new: str, row: NewRow, old: str) -> bool:
    """Whether taking the case out gives the old text again."""
    found = find(new, row)
    at = index(found, row)
    return at is not None and old in removals(found, at)
