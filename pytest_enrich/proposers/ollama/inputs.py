"""`inputs`: ask for arguments, run them, and state what was seen; what the model believes of them is not asked.

The arguments are also where the search begins once more: a value that is nearly right is varied. What is asked
about is a `Subject`; calls of it are inputs as the model writes them, and inputs of tests as it is shown them.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Argument, Call, Candidate, Entry, Explored, Gap, Origin, Recorded, Target
from pytest_enrich.proposers import exploring
from pytest_enrich.proposers.exploring import NOTHING, Limits, record
from pytest_enrich.proposers.ollama import answer, prompt, schema
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.prompt import Page
from pytest_enrich.proposers.ollama.question import Question, about_target, is_excluded
from pytest_enrich.proposers.ollama.schema import Hint
from pytest_enrich.proposers.ollama.value import Names, expression_template, json_template, names_of
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.writing import findings
from pytest_enrich.writing.body import bare

NAME = "inputs"
MOST_INPUTS = 4
MOST_GAPS = 3
PREDICT = 320
MOST_TESTS = 40
RECORD_SECONDS = 30.0
SEARCH_SECONDS = 6.0
EXECUTIONS = 3000
# First what is likely, then something else.
TEMPERATURES = (0.2, 0.8)

MOST_SEEN = 2
"""How many inputs of tests the model sees."""


class Inputs:
    """The strategy as a proposer."""

    name = "ollama"

    def __init__(self, asker: Asker, sandbox: Sandbox, excluded: Sequence[str] = (), *, literal: bool) -> None:
        self._asker = asker
        self._sandbox = sandbox
        self._excluded = excluded
        self._literal = literal

    def propose(self, task: Task) -> Iterator[Candidate]:
        """Tests of inputs that reach a gap, for a few of the gaps, most important first."""
        target = task.target
        if not target.entries or is_excluded(target.path, self._excluded) or self._asker.is_barren(NAME):
            return
        subject = subject_of(target, task.source_text, self._record(target), literal=self._literal)
        if not subject.fields:  # a call without arguments is no question
            return
        reached: set[str] = set()
        taken: frozenset[str] = frozenset()
        for gap in task.target.gaps[:MOST_GAPS]:
            if gap.id in reached:
                continue
            for made in self._of_gap(task, subject, gap, taken):
                reached |= set(made.gaps)
                taken |= {made.name}
                yield made

    def _of_gap(self, task: Task, subject: Subject, gap: Gap, taken: frozenset[str]) -> Iterator[Candidate]:
        """Ask, run, and when nothing gets there ask once more with what was tried."""
        tried: list[dict[str, Any]] = []
        for number, temperature in enumerate(TEMPERATURES):
            question = self._question(subject, gap, tried, temperature, task.seed + number)
            answered = self._asker.ask(question)
            if answered is None:
                return
            given = answer.inputs(answered.text)
            calls = [call for one in given if (call := as_call(one, subject)) is not None]
            self._asker.tally[f"{NAME} given"] += len(given)
            self._asker.tally[f"{NAME} valid"] += len(calls)
            explored = self._explore(task, subject, calls) if calls else None
            origin = self._origin(task, answered.prompt)
            made = list(findings.render(task, explored, origin, taken)) if explored else []
            self._asker.tally[f"{NAME} reaching"] += len(made)
            yield from made
            if any(gap.id in one.gaps for one in made):
                return
            tried += list(given)

    def _question(
        self, subject: Subject, gap: Gap, tried: Sequence[dict[str, Any]], temperature: float, seed: int
    ) -> Question:
        messages = prompt.inputs(page_of(subject), gap, tried)
        return Question(
            strategy=NAME,
            about=about_target(subject.target),
            messages=messages,
            schema=schema.of_inputs(subject.fields, subject.required, MOST_INPUTS),
            predict=PREDICT,
            temperature=temperature,
            seed=seed,
        )

    def _origin(self, task: Task, digest: str) -> Origin:
        model = self._asker.model.pulled.name
        return Origin(proposer=self.name, seed=task.seed, model=model, strategy=NAME, prompt=digest)

    def _record(self, target: Target) -> Recorded:
        def may_run(path: str) -> bool:
            return not is_excluded(path, self._excluded)

        return record(target, self._sandbox, most=MOST_TESTS, seconds=RECORD_SECONDS, may_run=may_run)

    def _explore(self, task: Task, subject: Subject, calls: Sequence[Call]) -> Explored | None:
        limits = Limits(seed=task.seed + 1, executions=min(EXECUTIONS, task.executions), seconds=SEARCH_SECONDS)
        entry = replace(subject.entry, calls=tuple(calls))
        return exploring.explore(task, (entry,), subject.recorded, self._sandbox, limits)


def sizes(targets: Iterable[Target], source_text: Callable[[str], str]) -> Iterator[int]:
    """How many characters the prompts about these targets have at most, for a window that all of them fit into."""
    for target in targets:
        if target.entries:
            page = page_of(subject_of(target, source_text(target.path)))
            # A repair shows the existing test, the model's own one and how that ended.
            extra = prompt.MOST_SHOWN * (prompt.MOST_TRIED + MOST_SEEN) + prompt.MOST_FAILURE
            extra += 2 * prompt.MOST_TEST
            for gap in target.gaps[:MOST_GAPS]:
                yield sum(len(one.content) for one in prompt.inputs(page, gap)) + extra


class Subject(Struct, frozen=True, kw_only=True):
    """What is asked about: the function to call, what it takes, what tests pass to it."""

    target: Target
    entry: Entry
    fields: dict[str, Hint]
    required: tuple[str, ...]
    recorded: Recorded
    names: Names
    source_text: str


def subject_of(
    target: Target, source_text: str, recorded: Recorded = NOTHING, *, literal: bool = False
) -> Subject:
    """The subject for a target; it is called through its nearest entry, which it must have.

    `literal` says that no code that a model wrote is run, not even an expression.
    """
    entry = target.entries[0]
    conditions = [one.text for way in target.conditions for one in way]
    mentioned = " ".join([*conditions, *(gap.text for gap in target.gaps)])
    fields, required = schema.fields(_plainly(entry, source_text), target.source, mentioned)
    names = names_of(target.module, source_text, literal=literal)
    return Subject(
        target=target,
        entry=entry,
        fields={name: _nameable(what, names) for name, what in fields.items()},
        required=required,
        recorded=recorded,
        names=names,
        source_text=source_text,
    )


def page_of(subject: Subject) -> Page:
    """What a prompt shows of it, the shortest of the inputs that tests use among it."""
    seen = [one for call in subject.recorded.calls if (one := as_input(call, subject)) is not None]
    return Page(
        target=subject.target,
        entry=subject.entry,
        source_text=subject.source_text,
        fields=subject.fields,
        seen=sorted(seen, key=lambda one: len(str(one)))[:MOST_SEEN],
    )


def as_call(given: dict[str, Any], subject: Subject) -> Call | None:
    """The call that an input stands for, None when a value is none or a needed one is missing."""
    if any(name not in given for name in subject.required) or not set(given) <= set(subject.fields):
        return None
    arguments: list[Argument] = []
    for parameter in subject.entry.parameters:
        if parameter.name not in given:
            continue
        what = subject.fields[parameter.name]
        several = parameter.kind == "variadic" and isinstance(given[parameter.name], list)
        values = given[parameter.name] if several else [given[parameter.name]]
        one = what.of[0] if several and what.of else what
        texts = [json_template(item, one, subject.names) for item in values]
        if any(text is None for text in texts):
            return None
        arguments += [Argument(name="" if several else parameter.name, value=text) for text in texts if text]
    receiver = _receiver(given, subject)
    if schema.RECEIVER in subject.fields and receiver is None:
        return None
    return Call(qualname=subject.entry.qualname, arguments=tuple(arguments), receiver=receiver)


def as_input(call: Call, subject: Subject) -> dict[str, Any] | None:
    """A recorded call as an input in the form that is asked for, None when it has no such form."""
    if call.qualname != subject.entry.qualname:
        return None
    fields = subject.fields
    given = [(one.name, one.value) for one in call.arguments if one.name in fields]
    if schema.RECEIVER in fields and call.receiver:
        given.insert(0, (schema.RECEIVER, call.receiver))
    found = {name: bare(text) if fields[name].sort == "python" else _plain(text) for name, text in given}
    return found if found and all(name in found for name in subject.required) else None


def _plainly(entry: Entry, source_text: str) -> Entry:
    """The entry with what the module's own names for types stand for."""
    known = schema.type_aliases(source_text)
    taken = (replace(one, annotation=known.get(one.annotation or "", one.annotation)) for one in entry.parameters)
    return replace(entry, parameters=tuple(taken))


def _nameable(what: Hint, known: Names) -> Hint:
    """Without the name of a type that an expression cannot call: it may stand for others, or be nowhere."""
    if what.sort == "union":
        return replace(what, of=tuple(_nameable(one, known) for one in what.of))
    is_known = what.called and expression_template(f"{what.called}()", known) is not None
    return what if is_known or not what.called else replace(what, called="")


def _receiver(given: dict[str, Any], subject: Subject) -> str | None:
    """The object that the model makes, else one that a test made."""
    if schema.RECEIVER not in subject.fields:
        return None
    said = given[schema.RECEIVER]
    made = expression_template(said, subject.names) if isinstance(said, str) else None
    seen = (one.receiver for one in subject.recorded.calls if one.qualname == subject.entry.qualname)
    return made or next((one for one in seen if one), None)


def _plain(template: str) -> Any:  # noqa: ANN401 - any JSON
    """A literal that JSON has as itself, anything else as an expression."""
    try:
        found = ast.literal_eval(template)
        same = json.loads(json.dumps(found)) == found
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        same = False
    return found if same else {"python": bare(template)}
