"""A call, or a list in it, that has become too long for one line: broken up, and put together again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Literal, TypeAlias

import libcst as cst
from libcst import matchers

from pytest_enrich.patch.row import listing, space
from pytest_enrich.patch.row.argument import is_parametrize
from pytest_enrich.patch.row.place import Listing
from pytest_enrich.patch.row.space import NONE, ONE, Space

Style: TypeAlias = Literal["formatter", "hugging", "aligned"]
USUAL, WIDER = 88, (100, 120)
NARROW, SURE = 79, 100


def style(module: cst.Module) -> Style:
    """How the `parametrize` calls of a file are broken up.

    As black does it (each argument on a line of its own), with the list's bracket beside the other arguments, or
    with later cases below the first.
    """
    calls = matchers.findall(module, matchers.Call())
    found = Counter(one for call in calls if is_parametrize(call) for one in _styles(call))
    return max(found, key=lambda one: found[one], default="formatter")


def width(text: str) -> int:
    """The longest line that the file's authors let stand, as far as its lines tell."""
    lengths = sorted(len(one.expandtabs(8)) for one in text.splitlines() if one.strip())
    if len(lengths) >= SURE and lengths[-1] <= NARROW:
        return NARROW
    most = lengths[int(len(lengths) * 0.99) - 1] if lengths else 0
    return next((one for one in (USUAL, *WIDER) if most <= one), WIDER[-1])


def forms(call: cst.Call, lists: list[Listing], step: str) -> Iterator[cst.Call]:
    """The ways in which a formatter breaks up a call on one line, the least broken one first."""
    yield _indented(call, step)
    for chosen in chosen_of(lists):
        changes = {id(one): listing.exploded(one, step, step) for one in chosen}
        arguments = [one.with_changes(value=changes.get(id(one.value), one.value)) for one in call.args]
        yield _one_a_line(call.with_changes(args=arguments), step)


def chosen_of(lists: list[Listing]) -> list[list[Listing]]:
    """Which of the lists (the cases first) to break up: none, each, all."""
    return [[], *([one] for one in lists), *([lists] if len(lists) > 1 else [])]


def is_one_line(call: cst.Call) -> bool:
    """Whether no line ends between its arguments."""
    return not any(space.is_line(one) for one in _spaces(call))


def flat(call: cst.Call) -> Iterator[cst.Call]:
    """The call as it was before it was broken up, if it was: on one line, or indented as a whole."""
    if is_one_line(call) or any(space.has_comment(one) for one in _spaces(call)):
        return
    arguments = [
        one.with_changes(comma=cst.Comma(whitespace_after=ONE), whitespace_after_arg=NONE) for one in call.args
    ]
    arguments[-1] = arguments[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    whole = call.with_changes(whitespace_before_args=NONE, args=arguments)
    yield whole
    first, last = call.whitespace_before_args, _spaces(call)[-1]
    if space.is_line(first) and space.is_line(last):
        ended = arguments[-1].with_changes(whitespace_after_arg=last)
        yield whole.with_changes(whitespace_before_args=first, args=[*arguments[:-1], ended])


def _indented(call: cst.Call, step: str) -> cst.Call:
    """All arguments on one line, without the brackets."""
    arguments = [*call.args[:-1], call.args[-1].with_changes(whitespace_after_arg=space.line(""))]
    return call.with_changes(whitespace_before_args=space.line(step), args=arguments)


def _one_a_line(call: cst.Call, step: str) -> cst.Call:
    between = cst.Comma(whitespace_after=space.line(step))
    arguments = [one.with_changes(comma=between, whitespace_after_arg=NONE) for one in call.args]
    arguments[-1] = arguments[-1].with_changes(comma=cst.Comma(whitespace_after=space.line("")))
    return call.with_changes(whitespace_before_args=space.line(step), args=arguments)


def _spaces(call: cst.Call) -> list[Space]:
    """The spaces before, between and after the arguments."""
    after = [
        one.comma.whitespace_after if isinstance(one.comma, cst.Comma) else one.whitespace_after_arg
        for one in call.args
    ]
    return [call.whitespace_before_args, *after]


def _styles(call: cst.Call) -> Iterator[Style]:
    for argument in call.args:
        value = argument.value
        if isinstance(value, cst.List | cst.Tuple) and not listing.is_one_line(value):
            if not space.is_line(listing.opening(value)):
                yield "aligned"
            else:
                yield "formatter" if space.is_line(call.whitespace_before_args) else "hugging"
