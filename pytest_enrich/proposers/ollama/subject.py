"""What is asked about, and calls of it as inputs: those that a model says, and those of tests that it is shown."""

from __future__ import annotations

import ast
import json
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Argument, Call, Entry, Recorded, Target
from pytest_enrich.proposers.exploring import NOTHING
from pytest_enrich.proposers.ollama import expression, hint, schema, value
from pytest_enrich.proposers.ollama.expression import Names
from pytest_enrich.proposers.ollama.hint import Hint
from pytest_enrich.proposers.ollama.prompt import Page
from pytest_enrich.writing.body import bare


class Subject(Struct, frozen=True, kw_only=True):
    """What is asked about: the function to call, what it takes, what tests pass to it."""

    target: Target
    entry: Entry
    fields: dict[str, Hint]
    required: tuple[str, ...]
    recorded: Recorded
    names: Names
    source_text: str


SHOWN = 2
"""How many inputs of tests the model sees."""


def of(target: Target, source_text: str, recorded: Recorded = NOTHING, *, literal: bool = False) -> Subject:
    """The subject for a target; it is called through its nearest entry, which it must have.

    `literal` says that no code that a model wrote is run, not even an expression.
    """
    entry = target.entries[0]
    conditions = [one.text for way in target.conditions for one in way]
    mentioned = " ".join([*conditions, *(gap.text for gap in target.gaps)])
    fields, required = schema.fields(_plainly(entry, source_text), target.source, mentioned)
    names = expression.names(target.module, source_text, literal=literal)
    return Subject(
        target=target,
        entry=entry,
        fields={name: _nameable(what, names) for name, what in fields.items()},
        required=required,
        recorded=recorded,
        names=names,
        source_text=source_text,
    )


def _plainly(entry: Entry, source_text: str) -> Entry:
    """The entry with what the module's own names for types stand for."""
    known = hint.aliases(source_text)
    taken = (replace(one, annotation=known.get(one.annotation or "", one.annotation)) for one in entry.parameters)
    return replace(entry, parameters=tuple(taken))


def _nameable(what: Hint, known: Names) -> Hint:
    """Without the name of a type that an expression cannot call: it may stand for others, or be nowhere."""
    if what.sort == "union":
        return replace(what, of=tuple(_nameable(one, known) for one in what.of))
    is_known = what.called and expression.template(f"{what.called}()", known) is not None
    return what if is_known or not what.called else replace(what, called="")


def page(subject: Subject) -> Page:
    """What a prompt shows of it, the shortest of the inputs that tests use among it."""
    seen = [one for call in subject.recorded.calls if (one := shown(call, subject)) is not None]
    return Page(
        target=subject.target,
        entry=subject.entry,
        source_text=subject.source_text,
        fields=subject.fields,
        seen=sorted(seen, key=lambda one: len(str(one)))[:SHOWN],
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
        texts = [value.template(item, one, subject.names) for item in values]
        if any(text is None for text in texts):
            return None
        arguments += [Argument(name="" if several else parameter.name, value=text) for text in texts if text]
    receiver = _receiver(given, subject)
    if schema.RECEIVER in subject.fields and receiver is None:
        return None
    return Call(qualname=subject.entry.qualname, arguments=tuple(arguments), receiver=receiver)


def _receiver(given: dict[str, Any], subject: Subject) -> str | None:
    """The object that the model makes, else one that a test made."""
    if schema.RECEIVER not in subject.fields:
        return None
    said = given[schema.RECEIVER]
    made = expression.template(said, subject.names) if isinstance(said, str) else None
    seen = (one.receiver for one in subject.recorded.calls if one.qualname == subject.entry.qualname)
    return made or next((one for one in seen if one), None)


def shown(call: Call, subject: Subject) -> dict[str, Any] | None:
    """A recorded call as an input in the form that is asked for, None when it has no such form."""
    if call.qualname != subject.entry.qualname:
        return None
    fields = subject.fields
    given = [(one.name, one.value) for one in call.arguments if one.name in fields]
    if schema.RECEIVER in fields and call.receiver:
        given.insert(0, (schema.RECEIVER, call.receiver))
    found = {name: bare(text) if fields[name].sort == "python" else _plain(text) for name, text in given}
    return found if found and all(name in found for name in subject.required) else None


def _plain(template: str) -> Any:  # noqa: ANN401 - any JSON
    """A literal that JSON has as itself, anything else as an expression."""
    try:
        found = ast.literal_eval(template)
        same = json.loads(json.dumps(found)) == found
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        same = False
    return found if same else {"python": bare(template)}
