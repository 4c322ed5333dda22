"""White space between the parts of a bracket, as libcst has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias, TypeGuard

import libcst as cst

from pytest_enrich.patch.row.place import Listing

Space: TypeAlias = cst.BaseParenthesizableWhitespace
NONE = cst.SimpleWhitespace("")
ONE = cst.SimpleWhitespace(" ")


def whole_line(
    indent: str, first: cst.TrailingWhitespace | None = None, lines: Sequence[cst.EmptyLine] = ()
) -> Space:
    """A new line that is indented by `indent` more than its statement; comments above it, if any."""
    return cst.ParenthesizedWhitespace(
        first_line=first or cst.TrailingWhitespace(whitespace=NONE),
        empty_lines=lines,
        indent=True,
        last_line=cst.SimpleWhitespace(indent),
    )


def is_line(space: Space) -> TypeGuard[cst.ParenthesizedWhitespace]:
    """Whether a line ends in it."""
    return isinstance(space, cst.ParenthesizedWhitespace)


def plain_space(space: Space) -> Space:
    """The space without the comments in it."""
    return space_like(space) if is_line(space) else space


def space_like(
    space: cst.ParenthesizedWhitespace,
    first: cst.TrailingWhitespace | None = None,
    lines: Sequence[cst.EmptyLine] = (),
) -> Space:
    """A new line that is indented as `space` is; comments above it, if any."""
    return space.with_changes(first_line=first or cst.TrailingWhitespace(whitespace=NONE), empty_lines=lines)


def joined(before: Space, after: Space) -> Space:
    """The space where what stood between two is gone: no comment is lost but the one beside it."""
    if not is_line(before):
        return after if is_line(after) else before
    if not is_line(after):
        return before
    lines = [*before.empty_lines, *after.empty_lines]
    return before.with_changes(empty_lines=lines, indent=after.indent, last_line=after.last_line)


def has_comment(space: Space) -> bool:
    """Whether there is a comment in it."""
    if not is_line(space):
        return False
    return space.first_line.comment is not None or any(one.comment is not None for one in space.empty_lines)


def appended(listing: Listing, value: cst.BaseExpression) -> Iterator[Listing]:
    """The list with `value` at its end: on the last line where elements share lines, then on one of its own."""
    last = listing.elements[-1] if listing.elements else None
    if last is None:
        yield listing.with_changes(elements=[cst.Element(value=value, comma=_only(listing))])
        return
    close, sample = closing(listing), _sample(listing)
    if not is_line(_gaps(listing)[-1]) and not _has_first_comment(close):
        yield _with(listing, value, ONE, close)
    if sample is not None and is_line(close):
        between = space_like(sample, close.first_line, close.empty_lines)
        yield _with(listing, value, between, plain_space(close))
    elif sample is not None:
        yield _with(listing, value, space_like(sample), close)


def lowered(listing: Listing, value: cst.BaseExpression, indent: str) -> Listing:
    """The list, which has one line, with `value` on a second one that begins with this white space."""
    return _with(listing, value, whole_line(indent).with_changes(indent=False), closing(listing))


def without(listing: Listing, index: int) -> Listing:
    """The list without the element at `index`: what `appended` made of it comes back as it was."""
    elements = list(listing.elements)
    gaps = [opening(listing), *(_after(one) for one in elements[:-1]), closing(listing)]
    gone = elements.pop(index)
    gap = joined(gaps[index], gaps[index + 1])
    if not elements:
        return _closed(listing.with_changes(elements=[]), NONE, NONE)
    if index == 0:
        return _closed(listing.with_changes(elements=elements), gap, closing(listing))
    last = index == len(elements)
    comma = gone.comma if last else _spaced(elements[index - 1], gap)
    both = is_line(gaps[index]) and is_line(closing(listing))
    if last and not both and not _has_first_comment(gaps[index]):
        gap = closing(listing)
    elements[index - 1] = elements[index - 1].with_changes(comma=comma)
    new = listing.with_changes(elements=elements)
    return _closed(new, opening(listing), gap) if last else new


def exploded(listing: Listing, base: str, step: str) -> Listing:
    """The list with a line for each element, as formatters write it; its own lines are indented by `base`."""
    between = cst.Comma(whitespace_after=whole_line(base + step))
    elements = [one.with_changes(comma=between) for one in listing.elements]
    elements[-1] = elements[-1].with_changes(comma=cst.Comma())
    return _closed(listing.with_changes(elements=elements), whole_line(base + step), whole_line(base))


def collapsed(listing: Listing) -> Listing:
    """The list on one line, as formatters write it."""
    elements = [one.with_changes(comma=cst.Comma(whitespace_after=ONE)) for one in listing.elements]
    if elements:
        elements[-1] = elements[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return _closed(listing.with_changes(elements=elements), NONE, NONE)


def only(listing: Listing, value: cst.BaseExpression, begin: str, end: str) -> Listing:
    """A list of just `value`, between two comments."""
    sample = _sample(listing)
    step = sample.last_line.value if sample else "    "
    lines = [cst.EmptyLine(indent=True, whitespace=cst.SimpleWhitespace(step), comment=cst.Comment(begin))]
    open_ = whole_line(step, lines=lines)
    after = [lines[0].with_changes(comment=cst.Comment(end))]
    old = closing(listing)
    close = whole_line(old.last_line.value if is_line(old) else "", lines=after)
    return _closed(listing.with_changes(elements=[cst.Element(value=value, comma=cst.Comma())]), open_, close)


def is_one_line(listing: Listing) -> bool:
    """Whether no line ends between its elements."""
    spaces = [opening(listing), *(_after(one) for one in listing.elements[:-1]), closing(listing)]
    return not any(is_line(one) for one in spaces)


def has_comments(listing: Listing) -> bool:
    """Whether there are comments between its elements."""
    spaces = [opening(listing), closing(listing), *(_after(one) for one in listing.elements)]
    return any(has_comment(one) for one in spaces)


def opening(listing: Listing) -> Space:
    """The space after the opening bracket."""
    return listing.lbracket.whitespace_after if isinstance(listing, cst.List) else _lpar(listing)


def closing(listing: Listing) -> Space:
    """The space before the closing bracket."""
    if isinstance(listing, cst.List):
        return listing.rbracket.whitespace_before
    return listing.rpar[-1].whitespace_before if listing.rpar else NONE


def _lpar(listing: cst.Tuple) -> Space:
    return listing.lpar[0].whitespace_after if listing.lpar else NONE


def _gaps(listing: Listing) -> list[Space]:
    """The spaces before each element."""
    return [opening(listing), *(_after(one) for one in listing.elements[:-1])]


def _after(element: cst.BaseElement) -> Space:
    return element.comma.whitespace_after if isinstance(element.comma, cst.Comma) else NONE


def _sample(listing: Listing) -> cst.ParenthesizedWhitespace | None:
    """The space before the last element that begins a line; None when none does."""
    return next((gap for gap in reversed(_gaps(listing)) if is_line(gap)), None)


def _has_first_comment(gap: Space) -> bool:
    return is_line(gap) and gap.first_line.comment is not None


def _with(listing: Listing, value: cst.BaseExpression, gap: Space, close: Space) -> Listing:
    """`value` after `gap` at the end; whether a comma comes last stays as it was."""
    before, last = list(listing.elements[:-1]), listing.elements[-1]
    spaced = cst.Comma(whitespace_before=_before(listing), whitespace_after=gap)
    alone = isinstance(listing, cst.Tuple) and not before
    forced = alone and not is_line(close) and _is_plain(last.comma)  # a tuple of one cannot do without it
    comma = cst.MaybeSentinel.DEFAULT if forced else last.comma
    elements = [*before, last.with_changes(comma=spaced), cst.Element(value=value, comma=comma)]
    return _closed(listing.with_changes(elements=elements), opening(listing), close)


def _is_plain(comma: cst.Comma | cst.MaybeSentinel) -> bool:
    return not isinstance(comma, cst.Comma) or comma.deep_equals(cst.Comma())


def _before(listing: Listing) -> Space:
    """The space before a comma, as the commas here have it (some begin lines with them)."""
    commas = [one.comma for one in listing.elements[:-1] if isinstance(one.comma, cst.Comma)]
    return plain_space(commas[-1].whitespace_before) if commas else NONE


def _spaced(element: cst.BaseElement, gap: Space) -> cst.Comma:
    comma = element.comma if isinstance(element.comma, cst.Comma) else cst.Comma()
    return comma.with_changes(whitespace_after=gap)


def _only(listing: Listing) -> cst.Comma | cst.MaybeSentinel:
    return cst.Comma() if isinstance(listing, cst.Tuple) else cst.MaybeSentinel.DEFAULT


def _closed(listing: Listing, open_: Space, close: Space) -> Listing:
    if isinstance(listing, cst.List):
        left = listing.lbracket.with_changes(whitespace_after=open_)
        return listing.with_changes(lbracket=left, rbracket=listing.rbracket.with_changes(whitespace_before=close))
    if not listing.lpar:
        return listing
    lpar = [listing.lpar[0].with_changes(whitespace_after=open_), *listing.lpar[1:]]
    return listing.with_changes(
        lpar=lpar, rpar=[*listing.rpar[:-1], listing.rpar[-1].with_changes(whitespace_before=close)]
    )
