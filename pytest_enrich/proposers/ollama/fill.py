"""`fill`: have a model that can fill in the middle go on with the rows of an existing `parametrize` list.

Of its rows only the inputs count, and of those only literals: `rows` runs the test with them, varies them for
a few seconds, and states what was seen.

`seed`: what a model said about a target, here or elsewhere, is where `rows` and `search` begin when their turn
comes again. An input that does not get there may be nearly right, and a part of it what a test was missing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Call, Candidate, Gap, Template
from pytest_enrich.proposers.ollama import answer, inputs, prompt
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.inputs import as_call, subject_of
from pytest_enrich.proposers.ollama.protocol import Message
from pytest_enrich.proposers.ollama.question import Answered, Question, about_target, is_excluded
from pytest_enrich.proposers.rows import RowsProposer, parameters
from pytest_enrich.proposers.rows.asking import nearest
from pytest_enrich.proposers.rows.reading import Sheet
from pytest_enrich.protocols import Proposer, Sandbox, Task

NAME = "fill"
MOST_GAPS = 1
PREDICT = 120
TEMPERATURE = 0.2
MOST_ROWS, MOST_AFTER = 8, 500
SECONDS, EXECUTIONS = 6.0, 600
LONGEST = 40
STOP = ("\n\n", "\ndef ", "\n@")
AWAY = 1000
"""How far its seed is from that of `rows`, which asked about the target before."""

SEED = "seed"
MOST_CALLS, MOST_PARTS = 12, 16


class Fill:
    """The strategy as a proposer; `read` gives the text of a test file, "" for none.

    It is silent for a model that cannot fill in, and where nothing is parametrized.
    """

    name = "ollama"

    def __init__(
        self, asker: Asker, sandbox: Sandbox, read: Callable[[str], str], excluded: Sequence[str] = ()
    ) -> None:
        self._asker = asker
        self._rows = RowsProposer(sandbox, read)
        self._read = read
        self._excluded = excluded

    def propose(self, task: Task) -> Iterator[Candidate]:
        """What `rows` makes of the values that the model went on with."""
        sheet = self._sheet(task)
        if sheet is None:
            return
        for gap in task.target.gaps[:MOST_GAPS]:
            yield from self._of_gap(task, sheet, gap)

    def _sheet(self, task: Task) -> Sheet | None:
        """The nearest test whose list may be shown and can be gone on with."""
        may = self._asker.model.pulled.can("insert") and not self._asker.is_barren(NAME)
        if not may or is_excluded(task.target.path, self._excluded):
            return None
        found = (one for file in nearest(task.target, self._read) for one in file if one.kind == "row")
        return next((one for one in found if self._may_show(one)), None)

    def _may_show(self, sheet: Sheet) -> bool:
        is_open = not is_excluded(sheet.placement.path, self._excluded)
        return is_open and _last_list(sheet) is not None and len(parts(sheet)[0]) <= prompt.MOST_TEST

    def _of_gap(self, task: Task, sheet: Sheet, gap: Gap) -> Iterator[Candidate]:
        question = self._question(task, sheet, gap)
        answered = None if self._asker.is_dear(question) else self._asker.ask(question)
        if answered is None:
            return
        given = answer.rows(answered.text)
        values = _new_values(sheet, given)
        self._asker.tally[f"{NAME} given"] += len(given)
        self._asker.tally[f"{NAME} valid"] += bool(values)
        if not values:
            return
        constants = tuple(dict.fromkeys((*values, *task.target.constants)))
        varied = replace(
            task,
            target=replace(task.target, constants=constants),
            seed=task.seed + AWAY,
            seconds=SECONDS,
            executions=min(task.executions, EXECUTIONS),
        )
        model = self._asker.model.pulled.name
        for made in self._rows.propose(varied):
            self._asker.tally[f"{NAME} reaching"] += 1
            mine = replace(made.origin, proposer=self.name, model=model, strategy=NAME, prompt=answered.prompt)
            yield replace(made, origin=mine)

    def _question(self, task: Task, sheet: Sheet, gap: Gap) -> Question:
        before, after = parts(sheet)
        content = "\n".join(
            [
                prompt.shared(task.target, task.source_text),
                prompt.marked(task.target, [gap]) + "\n\n",
                f"# The last rows of this test get to the marked line. {prompt.way(task.target, gap)}",
                before,
            ]
        )
        return Question(
            strategy=NAME,
            about=about_target(task.target),
            messages=(Message(role="user", content=content),),
            predict=PREDICT,
            temperature=TEMPERATURE,
            seed=task.seed,
            suffix=after,
            stop=STOP,
        )


def parts(sheet: Sheet) -> tuple[str, str]:
    """The text of a test up to where its list is gone on with (of a long list the last rows), and after it."""
    listed = _last_list(sheet)
    assert listed is not None
    (decorator, elements), text = listed, sheet.text
    shown, last = elements[-MOST_ROWS:], elements[-1]
    head = text.raw((decorator.lineno, 0, elements[0].lineno, elements[0].col_offset))
    rows = text.raw((shown[0].lineno, shown[0].col_offset, *_end(last))).lstrip()
    after = text.raw((*_end(last), *_end(sheet.function))).lstrip(" ,")
    several = elements[0].lineno != last.lineno
    # It ends before a space: with one at the end a model's tokens would not be those that it has learned.
    return head + rows + (",\n" if several else ","), after[:MOST_AFTER]


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
            origin = replace(one.origin, model=model, strategy=SEED, prompt=seeds.prompt)
            yield replace(one, origin=origin)

    def _seeds(self, task: Task) -> Seeds:
        target = task.target
        said = self._asker.said(about_target(target)) if target.entries else ()
        if not said:
            return Seeds()
        subject = subject_of(target, task.source_text, literal=self._literal)
        given = [one for reply in said for one in _inputs(reply)]
        calls = [call for one in given if (call := as_call(one, subject)) is not None]
        parts = [*(text for one in given for text in _parts(one)), *(text for one in said for text in _cells(one))]
        return Seeds(
            calls=tuple(dict.fromkeys(calls))[-MOST_CALLS:],
            parts=tuple(dict.fromkeys(parts))[-MOST_PARTS:],
            prompt=said[-1].prompt,
        )


def _new_values(sheet: Sheet, given: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The inputs in rows, each once: no expected ones, and none that the list has."""
    assert sheet.cases is not None
    inputs = [sheet.cases.argnames.index(hole.name) for hole in sheet.pattern.holes if hole.name]
    fitting = [row for row in given if len(row) == len(sheet.cases.argnames)]
    known = {value for row in sheet.cases.rows for value in row}
    found = (row[at] for row in fitting for at in inputs if 0 < len(row[at]) <= LONGEST)
    return tuple(dict.fromkeys(value for value in found if value not in known))


def _end(node: ast.expr | ast.stmt) -> tuple[int, int]:
    return node.end_lineno or 0, node.end_col_offset or 0


def _last_list(sheet: Sheet) -> tuple[ast.expr, list[ast.expr]] | None:
    """The decorator that has a list of its own, and its elements; None where the list stands elsewhere."""
    for decorator in reversed(sheet.function.decorator_list):
        if isinstance(decorator, ast.Call) and parameters.is_parametrize(decorator):
            values = [*decorator.args[1:2], *(one.value for one in decorator.keywords if one.arg == "argvalues")]
            elements = values[0].elts if values and isinstance(values[0], ast.List | ast.Tuple) else []
            return (decorator, elements) if elements else None
    return None


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
    for row in answer.rows(reply.text) if reply.strategy == NAME else ():
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
