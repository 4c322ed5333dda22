"""What blind readers made of a sheet: their `result.json`, and the table of what they would merge."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct
from tables import markdown, percent, whole

Origin: TypeAlias = Literal["ours", "human"]
Mark: TypeAlias = Annotated[int, Meta(ge=1, le=5)]
ORIGINS: tuple[Origin, ...] = ("ours", "human")
WHO = {"ours": "suggestions", "human": "written by people"}
QUESTIONS = ("name", "inputs", "one", "intent", "help")
"""What a reader gives marks for."""


class Read(Struct, frozen=True, kw_only=True):
    """Whose a numbered test is; `id` is the suggestion's, or the deleted test's node id."""

    project: str
    origin: Origin
    id: str


class Reading(Struct, frozen=True, kw_only=True):
    """What a reader decided on test `n`: merge as it stands (A), after an `edit` (E), reject (R).

    `guess`: written by a human or by a tool. The rest are marks: the name, the inputs, one behaviour, the intent
    of the assertion, and whether it would help when it fails.
    """

    n: int
    decision: Literal["A", "E", "R"]
    edit: str = ""
    guess: Literal["H", "T"]
    confidence: Annotated[int, Meta(ge=50, le=100)] = 50
    name: Mark
    inputs: Mark
    one: Mark
    intent: Mark
    help: Mark

    @property
    def is_merged(self) -> bool:
        """Whether it would be merged as it stands."""
        return self.decision == "A"


class Judged(Struct, frozen=True):
    """A reading, and whose the test was."""

    reading: Reading
    read: Read

    @property
    def is_told(self) -> bool:
        """Whether the reader guessed right."""
        return (self.reading.guess == "T") == (self.read.origin == "ours")


def read(file: Path, key: Mapping[int, Read]) -> list[Judged]:
    """What one reader decided; ends the program when that is not what the sheet asks for."""
    try:
        found = msgspec.json.decode(file.read_bytes(), type=list[Reading])
    except msgspec.MsgspecError as error:
        sys.exit(f"{file}: {error}")
    numbers = [reading.n for reading in found]
    if strange := sorted({number for number in numbers if number not in key or numbers.count(number) > 1}):
        sys.exit(f"{file}: of no test, or more than once: {', '.join(map(str, strange))}")
    return [Judged(reading, key[reading.n]) for reading in found]


def table(key: Mapping[int, Read], readers: Sequence[Sequence[Judged]]) -> str:
    """What all readers decided: together, project by project, and why ours were not merged."""
    every = [judged for reader in readers for judged in reader]
    said = [f"Readers: {len(readers)}. Told apart: {percent(sum(one.is_told for one in every), len(every))}."]
    unread = len(key) * len(readers) - len(every)
    said += [f"Not read: {unread}."] if unread else []
    return "\n".join(
        [_decisions(every), "", *said, "", _projects(every), "", *_reasons(every, several=len(readers) > 1)]
    ).rstrip()


def _decisions(every: Sequence[Judged]) -> str:
    headings = (
        "", "merge as it stands", "after an edit", "reject", "taken for a tool's", "name", "inputs",
        "one behaviour", "intent", "helps when red",
    )  # fmt: skip
    return markdown(headings, [_decided(origin, _of(every, origin)) for origin in ORIGINS])


def _decided(origin: Origin, own: Sequence[Judged]) -> tuple[str, ...]:
    readings = [judged.reading for judged in own]
    decisions = [reading.decision for reading in readings]
    return (
        f"{WHO[origin]} ({len(own)})",
        percent(decisions.count("A"), len(own)),
        str(decisions.count("E")),
        str(decisions.count("R")),
        whole(sum(reading.guess == "T" for reading in readings), len(own)),
        *(_mean([getattr(reading, question) for reading in readings]) for question in QUESTIONS),
    )


def _projects(every: Sequence[Judged]) -> str:
    names = sorted({judged.read.project for judged in every})
    rows = [(name, *(_merged(every, origin, name) for origin in ORIGINS)) for name in names]
    return markdown(("merged as it stands", *(WHO[origin] for origin in ORIGINS)), rows)


def _merged(every: Sequence[Judged], origin: Origin, project: str) -> str:
    own = [judged.reading for judged in _of(every, origin) if judged.read.project == project]
    return f"{sum(reading.is_merged for reading in own)} of {len(own)}"


def _reasons(every: Sequence[Judged], *, several: bool) -> Iterator[str]:
    """Of each suggestion that was not merged what the reader wanted else, under its number."""
    numbered = sorted(_of(every, "ours"), key=lambda judged: judged.reading.n)
    for judged in numbered:
        reading = judged.reading
        if not reading.is_merged:
            done = {"E": "edit", "R": "reject"}[reading.decision]
            reason = reading.edit or "no reason given"
            yield f"- {reading.n}, {judged.read.project}, {judged.read.id}: {done}: {reason}"
    if several:
        yield "\nA number comes once for each reader."


def _of(every: Sequence[Judged], origin: Origin) -> list[Judged]:
    return [judged for judged in every if judged.read.origin == origin]


def _mean(marks: Sequence[int]) -> str:
    return f"{sum(marks) / len(marks):.1f}" if marks else "-"
