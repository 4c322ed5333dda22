"""`seed`: what a model said about a target is where `rows` and `search` begin when their turn comes again.

An input that does not get there may be nearly right, and a part of it what a test was missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Call, Candidate, Template
from pytest_enrich.proposers.ollama import answer, fill, inputs
from pytest_enrich.proposers.ollama import subject as subjects
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.question import Answered
from pytest_enrich.protocols import Proposer, Task

NAME = "seed"
MOST_CALLS, MOST_PARTS, LONGEST = 12, 16, 40


class Seeds(Struct, frozen=True, kw_only=True):
    """Calls that a model thought of, literals in them, and the digest of the last question."""

    calls: tuple[Call, ...] = ()
    parts: tuple[Template, ...] = ()
    prompt: str = ""


class Seeded:
    """Another proposer, with what the model said about the task's target known to it; the model is not asked.

    `literal` says that no code that a model wrote is run.
    """

    def __init__(self, inner: Proposer, asker: Asker, *, literal: bool) -> None:
        self._inner = inner
        self._asker = asker
        self._literal = literal

    @property
    def name(self) -> str:
        """The other one's."""
        return self._inner.name

    def propose(self, task: Task) -> Iterator[Candidate]:
        """What the other one thinks of; where there was something to begin with, its origin says so."""
        seeds = self._seeds(task)
        if not (seeds.calls or seeds.parts):
            yield from self._inner.propose(task)
            return
        model = self._asker.model.pulled.name
        for one in self._inner.propose(_sown(task, seeds)):
            origin = replace(one.origin, model=model, strategy=NAME, prompt=seeds.prompt)
            yield replace(one, origin=origin)

    def _seeds(self, task: Task) -> Seeds:
        target = task.target
        said = self._asker.said(f"{target.path}::{target.qualname}") if target.entries else ()
        if not said:
            return Seeds()
        subject = subjects.of(target, task.source_text, literal=self._literal)
        given = [one for reply in said for one in _inputs(reply)]
        calls = [call for one in given if (call := subjects.as_call(one, subject)) is not None]
        parts = [*(text for one in given for text in _parts(one)), *(text for one in said for text in _cells(one))]
        return Seeds(
            calls=tuple(dict.fromkeys(calls))[-MOST_CALLS:],
            parts=tuple(dict.fromkeys(parts))[-MOST_PARTS:],
            prompt=said[-1].prompt,
        )


def _sown(task: Task, seeds: Seeds) -> Task:
    """The task with calls for the nearest entry, and parts before the constants: those were tried before."""
    first, *others = task.target.entries
    entries = (replace(first, calls=(*seeds.calls, *first.calls)), *others)
    constants = tuple(dict.fromkeys((*seeds.parts, *task.target.constants)))
    return replace(task, target=replace(task.target, entries=entries, constants=constants))


def _inputs(reply: Answered) -> Iterable[dict[str, object]]:
    return answer.inputs(reply.text) if reply.strategy == inputs.NAME else ()


def _cells(reply: Answered) -> Iterator[Template]:
    """The literals of rows that it went on with."""
    for row in answer.rows(reply.text) if reply.strategy == fill.NAME else ():
        yield from (text for text in row if 0 < len(text) <= LONGEST)


def _parts(value: object, depth: int = 0) -> Iterator[Template]:
    """The numbers and texts in a JSON value, as literals; what is code is none of them."""
    if isinstance(value, dict) and "python" not in value and depth < 5:  # noqa: PLR2004 - none is asked for that deep
        yield from (text for one in value.values() for text in _parts(one, depth + 1))
    elif isinstance(value, list) and depth < 5:  # noqa: PLR2004
        yield from (text for one in value for text in _parts(one, depth + 1))
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        text = repr(value)
        if len(text) <= LONGEST and not set("⟨⟩") & set(text) and value == value:  # noqa: PLR0124 - NaN is no literal
            yield text
