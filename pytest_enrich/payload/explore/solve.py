"""From compared values to the input that makes a condition come out the other way.

What a condition compares is often there in the input, as it is or nearly: put in its place what it was compared
with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from .calls import Call
from .probe import Note
from .replacement import LONGEST, replacements
from .sites import sites
from .wishes import wishes

MOST = 160


class Mark(NamedTuple):
    """A parameter that a call does not give, whose default has no template: most often a mark for just that."""

    name: str
    default: object
    values: Sequence[str]
    """Templates of values to give."""


def proposals(
    call: Call, notes: Iterable[Note], absent: Mapping[str, str], like: Callable[[object], Iterable[str]]
) -> Iterator[Call]:
    """Calls in which an operand of one of the conditions is what the condition asks for.

    Args:
        call: The call that the notes are of.
        notes: Of the conditions that should come out another way.
        absent: Templates of the defaults of the parameters that the call does not give.
        like: Templates of values of a type, or texts that a pattern matches.
    """
    short = [(text, make) for text, make in sites(call, absent) if len(text) <= LONGEST]
    for note in notes:
        for known, wanted in wishes(note, like):
            for text, make in short:
                yield from (
                    make(changed)
                    for changed in dict.fromkeys(replacements(text, known, wanted))
                    if changed != text
                )


def unmarked(call: Call, notes: Iterable[Note], marks: Iterable[Mark]) -> Iterator[Call]:
    """Calls that give what a condition found to be not given."""
    for note in notes:
        for mark in marks:
            if note.left is mark.default or note.right is mark.default:
                yield from (call.with_argument(mark.name, value) for value in mark.values)
