"""A call as data, and as the small program that makes it."""

from __future__ import annotations

import builtins
import dataclasses
import keyword
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias

from ..express import NAME, is_thing
from ..rules import files
from . import command
from .entry import COPYING, ENTERING, MAKERS, OPERATORS, STATEMENTS, Entry, operation_text

LINE, LONG = 80, 30
PATCHING = "monkeypatch"
"""The fixture with which a test sets environment variables, or replaces what code asks its surroundings for."""
MADE = re.compile(r"⟨[\w.]+:(\w+\.)*_?[A-Z]\w*⟩\(")
"""An object made by its class, not returned by a function."""


@dataclasses.dataclass(frozen=True)
class Call:
    """`arguments` are pairs of a name ("" for an extra positional one) and a template.

    `then` and `patched` are as in `data.Call`.
    """

    qualname: str
    arguments: tuple[tuple[str, str], ...] = ()
    receiver: str | None = None
    setup: tuple[Call, ...] = ()
    then: tuple[tuple[str, ...], ...] = ()
    patched: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        """How much there is to read."""
        own = sum(len(name) + len(value) + 2 for name, value in self.arguments)
        after = sum(2 + len(value) for values in self.then for value in values)
        before = sum(20 + len(name) + len(value) for name, value in self.patched)
        return before + own + after + len(self.receiver or "") + sum(10 + step.size for step in self.setup)

    @property
    def passed_on(self) -> list[str]:
        """What is passed to the functions that it returns."""
        return [value for values in self.then for value in values]

    @property
    def is_full(self) -> bool:
        """Whether extra positional arguments take the place of named ones."""
        return any(not name for name, _ in self.arguments)

    def with_argument(self, name: str, value: str) -> Call:
        """The same call with this argument."""
        if name not in dict(self.arguments):
            return dataclasses.replace(self, arguments=(*self.arguments, (name, value)))
        changed = tuple((key, value if key == name else old) for key, old in self.arguments)
        return dataclasses.replace(self, arguments=changed)

    def exchanged(self, part: str, at: int, *items: object) -> Call:
        """The same call with these items in the place of one of `arguments`, `setup`, `then` or `patched`."""
        before: tuple[object, ...] = getattr(self, part)
        changed: dict[str, Any] = {part: (*before[:at], *items, *before[at + 1 :])}
        return dataclasses.replace(self, **changed)


def ordered(call: Call, entry: Entry) -> Call:
    """The call with its arguments in the order of the parameters."""
    order = {parameter["name"]: at for at, parameter in enumerate(entry.parameters)}
    arguments = tuple(sorted(call.arguments, key=lambda pair: order.get(pair[0], len(order))))
    return dataclasses.replace(call, arguments=arguments)


def load(record: dict[str, Any]) -> Call:
    """A call from its JSON form (`data.Call`)."""
    arguments, patched = (
        tuple((item["name"], item["value"]) for item in record.get(key, ())) for key in ("arguments", "patched")
    )
    setup = tuple(load(step) for step in record.get("setup", ()))
    then = tuple(tuple(values) for values in record.get("then", ()))
    return Call(record["qualname"], arguments, record.get("receiver"), setup, then, patched)


def dump(call: Call) -> dict[str, Any]:
    """The JSON form (`data.Call`)."""
    arguments, patched = (
        [{"name": name, "value": value} for name, value in pairs] for pairs in (call.arguments, call.patched)
    )
    setup = [dump(step) for step in call.setup]
    return {
        "qualname": call.qualname,
        "arguments": arguments,
        "receiver": call.receiver,
        "setup": setup,
        "then": call.then,
        "patched": patched,
    }


@dataclasses.dataclass(frozen=True)
class Program:
    """Source templates: `lines` set the scene, `action` is what is observed; `answers` as in `Entry`.

    `about` are the words of the lines for which it is run: what they name is most worth observing.
    """

    lines: tuple[str, ...]
    action: str
    expression: bool = True
    answers: bool = True
    about: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join([*self.lines, self.action])

    def dump(self) -> dict[str, Any]:
        """The JSON form (`data.Program`)."""
        return {"lines": self.lines, "action": self.action, "expression": self.expression}


def program(call: Call, entries: Mapping[str, Entry], hoisted: frozenset[str] = frozenset()) -> Program:
    """The program that makes `call`; arguments named in `hoisted` get variables of their own.

    `entries` has the function that is called and those of the set-up.
    """
    folded = _folded(call, entries, hoisted)
    set_before = [_patching(name, value) for name, value in call.patched]
    *lines, action = files.unfolded([*set_before, *folded.lines, folded.action])
    return dataclasses.replace(folded, lines=tuple(lines), action=action)


def _patching(name: str, value: str) -> str:
    """The statement that sets an environment variable or, for a dotted name, replaces what it names."""
    return f"{PATCHING}.set{'attr' if '.' in name else 'env'}({name!r}, {value})"


def changeable(call: Call) -> frozenset[str]:
    """The arguments that the call may change: a test gives them variables, to look at them afterwards."""
    arguments = [
        (name, value)
        for name, value in call.arguments
        if name and not value.startswith((files.MARK, files.FOLDER_MARK))
    ]
    if (variable := _passed_on(call)) is not None:
        arguments.append((variable, call.then[-1][0]))
    return frozenset(name for name, value in arguments if value[:1] in "[{⟨")


def lengthy(call: Call, entries: Mapping[str, Entry]) -> frozenset[str]:
    """The long arguments of a call that does not fit on a line: variables for them make it readable."""
    placed = (files.MARK, files.FOLDER_MARK, "lambda")
    arguments = ((name, value) for name, value in call.arguments if name and not value.startswith(placed))
    long = frozenset(name for name, value in arguments if len(_bare(value)) > LONG)
    return long if long and len(_bare(program(call, entries).action)) > LINE else frozenset()


def _bare(template: str) -> str:
    """The template about as it appears in a test."""
    return NAME.sub(lambda match: match[0].rpartition(":")[2], template)


def _passed_on(call: Call) -> str | None:
    """A variable for the single value that the returned function is called with; None if there is none."""
    if not call.then or len(call.then[-1]) != 1:
        return None
    words = f"{call.qualname} {call.receiver} {' '.join(name for name, _ in call.arguments)}".lower()
    return next((name for name in ("value", "given") if name not in words), None)


def _folded(call: Call, entries: Mapping[str, Entry], hoisted: frozenset[str]) -> Program:
    entry = entries[call.qualname]
    lines = [f"{name} = {value}" for name, value in call.arguments if name in hoisted]
    arguments = [(name, name if name in hoisted else value) for name, value in call.arguments]
    if (variable := _passed_on(call)) in hoisted:
        lines.append(f"{variable} = {call.then[-1][0]}")
        call = dataclasses.replace(call, then=(*call.then[:-1], (str(variable),)))
    after = "".join(f"({', '.join(values)})" for values in call.then)
    if not entry.needs_receiver:
        return Program(tuple(lines), _plain(entry, arguments, call.receiver) + after, answers=entry.answers)
    if entry.name == "__hash__":
        return Program((), f"hash({call.receiver}) == hash({call.receiver})")
    receiver = call.receiver or ""
    variable = variable_for(receiver if MADE.match(receiver) else entry.owner)
    scene = [f"{variable} = {call.receiver}"]
    scene += [_step(variable, entries[step.qualname], list(step.arguments)) for step in call.setup]
    action = _on(variable, entry, arguments)
    # The result of the operator is called, not its second operand.
    action = f"({action})" if after and entry.name in OPERATORS else action
    is_expression = entry.name not in STATEMENTS and entry.kind != "setter"
    return Program((*scene, *lines), action + after, is_expression, entry.answers)


def variable_for(template: str) -> str:
    """A name for an object: the last word of its class's name (`⟨shop:TTLCache⟩(1)` gives `cache`).

    All words if the last one is already taken (`⟨shop:SortedList⟩()` gives `sorted_list`).
    """
    match = re.match(r"⟨[\w.]+:([\w.]+)⟩", template)
    name = (match[1] if match else template).rpartition(".")[2]
    words = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)
    options = (words[-1].lower(), "_".join(words).lower()) if words else ()
    return next((word for word in options if _is_free(word)), "subject")


def _is_free(word: str) -> bool:
    return word.isidentifier() and not keyword.iskeyword(word) and not hasattr(builtins, word)


def _plain(entry: Entry, arguments: list[tuple[str, str]], below: str | None) -> str:
    """A call that needs no object; of a class, or of the subclass `below` it."""
    if entry.line is not None:
        return command.text(entry.line, entry.parameters, dict(arguments))
    owner = below or f"⟨{entry.module}:{entry.owner}⟩"
    if entry.name in MAKERS:
        return f"{owner}({_listed(arguments, entry.parameters)})"
    if entry.owner and entry.kind in {"classmethod", "staticmethod"}:
        return f"{owner}.{entry.name}({_listed(arguments, entry.parameters)})"
    return f"⟨{entry.module}:{entry.qualname}⟩({_listed(arguments, entry.parameters)})"


def _on(variable: str, entry: Entry, arguments: list[tuple[str, str]]) -> str:
    if entry.kind == "property":
        return f"{variable}.{entry.name}"
    values = [value for _, value in arguments]
    if entry.kind == "setter":
        return f"{variable}.{entry.name.rstrip('=')} = {''.join(values[:1])}"  # no program without a value
    if entry.name in ENTERING:
        return variable
    if entry.name in COPYING:
        return f"⟨copy:{'deepcopy' if entry.name == '__deepcopy__' else 'copy'}⟩({variable})"
    if (operation := operation_text(entry.name, variable, values)) is not None:
        return operation
    method = variable if entry.name == "__call__" else f"{variable}.{entry.name}"
    return f"{method}({_listed(arguments, entry.parameters)})"


def _step(variable: str, entry: Entry, arguments: list[tuple[str, str]]) -> str:
    """A step before the call, run to its end."""
    done = _on(variable, entry, arguments)
    return f"{entry.finished}({done})" if entry.finished else done


def _listed(arguments: list[tuple[str, str]], parameters: tuple[dict[str, Any], ...]) -> str:
    """Arguments as people write them: required ones, and what is worked on, by position, others by name."""
    values = dict(arguments)
    extra = [value for name, value in arguments if not name]
    parts: list[str] = []
    by_position = True
    # Two such arguments are both named, as one could be mistaken for the other.
    is_alone = sum(map(is_thing, values.values())) == 1
    for parameter in parameters:
        name, kind = parameter["name"], parameter["kind"]
        if kind in {"variadic", "keywords"} or name not in values:
            by_position = by_position and kind == "variadic"
            continue
        is_first = is_alone and parameter is parameters[0] and is_thing(values[name])
        required = parameter.get("default") is None or bool(extra) or kind == "positional only"
        by_position = by_position and (required or is_first) and kind in {"positional only", "positional"}
        parts.append(values[name] if by_position else f"{name}={values[name]}")
    declared = {parameter["name"] for parameter in parameters}
    named = [f"{name}={value}" for name, value in arguments if name and name not in declared]
    return ", ".join([*parts, *extra, *named])


Make: TypeAlias = Callable[[str], Call]
"""Puts another template in one place of a call."""
Site: TypeAlias = tuple[str, Make]
"""A template in a call, and what puts another in its place."""


def sites(call: Call) -> Iterator[Site]:
    """All sites of a call."""
    for at, (name, value) in enumerate(call.arguments):
        yield value, partial(_paired, call, "arguments", at, name)
    if call.receiver:
        yield call.receiver, lambda text: dataclasses.replace(call, receiver=text)
    yield from given(call)
    for at, (name, value) in enumerate(call.patched):
        yield value, partial(_paired, call, "patched", at, name)
    for at, step in enumerate(call.setup):
        for text, make in sites(step):
            yield text, partial(_in_setup, call, at, make)


def given(call: Call) -> Iterator[Site]:
    """The sites of what is passed to the functions that the call returns."""
    for at, values in enumerate(call.then):
        for place, value in enumerate(values):
            yield value, partial(_given, call, at, place)


def _paired(call: Call, part: str, at: int, name: str, text: str) -> Call:
    return call.exchanged(part, at, (name, text))


def _given(call: Call, at: int, place: int, text: str) -> Call:
    values = call.then[at]
    return call.exchanged("then", at, (*values[:place], text, *values[place + 1 :]))


def _in_setup(call: Call, at: int, make: Make, text: str) -> Call:
    return call.exchanged("setup", at, make(text))
