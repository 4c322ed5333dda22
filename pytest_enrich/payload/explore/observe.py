"""What is seen of a call: its result, what it changed, and what its object answers afterwards.

A collection is asked nothing: what it returns first may depend on how its elements are hashed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import io
import pathlib
import re
import sys
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence, Sized
from itertools import chain, islice
from types import MappingProxyType
from typing import NamedTuple

from ..express import UNSTABLE, express, named, spoken, steady
from ..rules import files
from .calls import Call, Program, changeable
from .contract import is_worded
from .run import Outcome, Runner
from .stated import MOST, Record, fields, observation, stated, telling_line, visible_text

COLLECTIONS = (Container, Iterable, Sized)
PRINTED = "capsys.readouterr().out"
"""How a test sees what was printed: through a fixture."""
LOGGED = "caplog.messages"
"""How a test sees what was logged."""
STARTED = "__main__"
PYTHON = tuple(form.format(*sys.version_info) for form in ("cp{}{}", "thon-{}{}", "{}.{}.{}"))
"""Texts that give away the version of the interpreter."""
MOST_ASKED = 4
SET_LINE = "setattr('sys.argv'"
"""A part of the lines of calls that are started like a program."""
LONGEST_OUTPUT = 100


class Earlier(NamedTuple):
    """The state before a call: the variables, and what can be seen of them."""

    namespace: Mapping[str, object] = MappingProxyType({})
    seen: Mapping[str, str] = MappingProxyType({})


def questions(value: object) -> Iterator[str]:
    """The names of methods that ask an object something, those of its own class first, in order of definition."""
    names: set[str] = set()
    for cls in type(value).__mro__ if not isinstance(value, COLLECTIONS) else ():
        members = {} if cls.__module__.partition(".")[0] in sys.stdlib_module_names else vars(cls)
        for name, function in members.items():
            if name not in names and not name.startswith("_") and _is_asked(function):
                yield name
        names |= {*members}


def _is_asked(function: object) -> bool:
    """Whether it is a method without required arguments that is done when it returns."""
    if not inspect.isfunction(function) or inspect.iscoroutinefunction(function):
        return False
    try:
        own, *others = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # it takes no object, or has no signature
        return False
    free = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
    return own.kind not in free and all(
        parameter.default is not parameter.empty or parameter.kind in free for parameter in others
    )


def state(program: Program, namespace: Mapping[str, object]) -> list[tuple[str, str]]:
    """What can be seen of the program's variables: (expression, template) pairs."""
    visible: list[tuple[str, str]] = []
    names = [line.partition(" = ")[0] for line in program.lines]
    for name in (*names, *([files.FOLDER] if files.is_filled(program.lines, program.action) else [])):
        if not name.isidentifier() or name not in namespace:
            continue
        with contextlib.suppress(Exception):  # a container of the project's may do anything
            visible += [*_visible(name, namespace[name], program.text)]
    return visible


def _visible(name: str, value: object, passed: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, pathlib.Path):
        yield from _of_path(name, value)
        return
    if isinstance(value, io.StringIO | io.BytesIO):
        text = None if value.closed else express(content := value.getvalue())
        if text is not None:
            yield f"{name}.getvalue()", text
        elif not value.closed and isinstance(content, str) and (line := telling_line(content, passed)):
            yield f"{line} in {name}.getvalue()", "True"
        return
    if (text := visible_text(value)) is not None:
        yield name, text
    elif isinstance(value, Mapping) and (text := express(dict(value))) is not None:
        yield f"dict({name})", text
    elif isinstance(value, Sized):
        yield f"len({name})", repr(len(value))
    for attribute, part in fields(value):
        if not inspect.isroutine(part) and (text := visible_text(part)) is not None:
            yield f"{name}.{attribute}", text


def _of_path(name: str, path: pathlib.Path) -> Iterator[tuple[str, str]]:
    """The content of the file or the directory, or that there is none."""
    if path.is_file():
        text = visible_text(path.read_text(errors="replace"))
        yield from [(f"{name}.read_text()", text)] if text is not None else []
    elif path.is_dir():
        inside = sorted(entry.name for entry in path.iterdir())
        yield f"sorted(entry.name for entry in {name}.iterdir())", repr(inside)
    else:
        yield f"{name}.exists()", repr(path.exists())


def observe(
    runner: Runner, plain: Program, *, warns: bool = False, known: Outcome | None = None
) -> tuple[str, list[Record]]:
    """How the result was consumed, and the observations of the program.

    Of a program that is meant to show that it `warns`, only the warning is observed. Its outcome may be `known`.
    """
    if known is not None and (known.refusal or known.raised is not None):
        return _ended(known)
    is_placed = files.FOLDER in plain.text
    earlier = _earlier(runner, plain) if plain.lines or is_placed else Earlier()
    # By now the directory has what the last program left there.
    outcome = runner.run(plain) if known is None or is_placed else known
    if outcome.refusal or outcome.raised is not None:
        return _ended(outcome)
    if warns and outcome.warned:
        return outcome.consume, _warned(outcome)
    if not is_placed:
        return outcome.consume, _given(runner, plain, outcome, earlier)
    outcome = dataclasses.replace(outcome, result=files.placed(outcome.result))
    records = _given(runner, plain, outcome, earlier)
    return outcome.consume, [{**seen, "value": files.told(seen["value"])} for seen in records]


def _ended(outcome: Outcome) -> tuple[str, list[Record]]:
    """What `observe` answers for a call that raised, or of which no test should be made."""
    return ("", []) if outcome.refusal or outcome.raised is None else (outcome.consume, _raised(outcome.raised))


def _given(runner: Runner, plain: Program, outcome: Outcome, earlier: Earlier) -> list[Record]:
    """What the program returned, and what it changed."""
    changes = [
        observation("state", text, value, form="is" if value in {"None", "True", "False"} else "equal")
        for text, value in state(plain, outcome.namespace)
        if value != earlier.seen.get(text)
    ]
    changes = [*_plainest(changes)]
    result = _told(plain, outcome, earlier) if plain.expression else []
    # Next to other values, None says something as well: that a header has no version.
    telling = sorted(result, key=lambda seen: seen["value"] == "None")
    telling = [] if telling and telling[0]["value"] == "None" else telling
    # A program is there for what it prints; the number that it returns is its exit code.
    is_program = SET_LINE in plain.text and type(outcome.result) is int
    printed = _printed(plain, outcome) if telling and is_program else []
    records = (
        [*telling, *printed, *changes][: max(MOST, len(telling))]
        or _printed(plain, outcome)
        or _warned(outcome)
        or _logged(outcome)
        or _left(runner, plain, outcome)
    )
    # That an attribute is empty does not answer a call.
    whole = [seen for seen in result if seen["expression"] == "{result}"] if plain.answers else []
    return [seen for seen in records or whole if not _is_passing(seen["value"], plain, runner.versions)]


def _plainest(changes: Sequence[Record]) -> Iterator[Record]:
    """For a variable with one changed attribute just that; with several, the whole if it can be seen."""
    inside = Counter(change["expression"].rpartition(".")[0] for change in changes)
    whole = {change["expression"] for change in changes}
    for change in changes:
        holder = change["expression"].rpartition(".")[0]
        if inside[change["expression"]] != 1 and (inside[holder] == 1 or holder not in whole):
            yield change


def _told(plain: Program, outcome: Outcome, earlier: Earlier) -> list[Record]:
    """What the result shows; if a method returns its own object, only what changed in it."""
    variable = _own(plain, outcome)
    if variable and outcome.consume == "with":
        return []  # what it leaves behind is seen in the variable
    records = stated(outcome, plain)
    if not variable:
        return records
    before = stated(dataclasses.replace(outcome, result=earlier.namespace.get(variable)), plain)
    return [seen for seen in records if seen["expression"] == "{result}" or seen not in before]


def _own(plain: Program, outcome: Outcome) -> str:
    """The variable of the object that a method is called on, if the method returns that object; else ""."""
    subject = re.match(r"(\w+)(\.|$)", plain.action)
    is_itself = subject is not None and outcome.namespace.get(subject[1], outcome) is outcome.result
    return subject[1] if subject is not None and is_itself else ""


def _is_passing(value: str, plain: Program, versions: Collection[str]) -> bool:
    """Whether it shows how pytest was started, or a version of Python or of the project, unless the call does."""
    return STARTED in value or any(name in value and name not in plain.text for name in (*PYTHON, *versions))


def _earlier(runner: Runner, plain: Program) -> Earlier:
    """The state before the action."""
    scene = runner.run(dataclasses.replace(plain, action="None", expression=True))
    return Earlier(scene.namespace, dict(state(plain, scene.namespace)))


def _warned(outcome: Outcome) -> list[Record]:
    """The first warning."""
    return [observation("warns", "{result}", name, message) for name, message in outcome.warned[:1]]


def _printed(plain: Program, outcome: Outcome) -> list[Record]:
    """What it printed, or a single line of it if it is too long to read."""
    text = outcome.printed
    if len(text) > LONGEST_OUTPUT and (line := telling_line(text, plain.text)):
        return [observation("state", f"{line} in {PRINTED}", "True", form="is")]
    if not text.strip() or len(text) > LONGEST_OUTPUT or UNSTABLE.search(text):
        return []
    return [observation("state", PRINTED, repr(text))]


def _logged(outcome: Outcome) -> list[Record]:
    """What it logged."""
    return [observation("state", LOGGED, repr([*outcome.logged]))] if outcome.logged else []


def said(runner: Runner, call: Call) -> list[Record]:
    """The observations of a call; if there are none, those of what it does to its arguments."""
    mutable = changeable(call)
    records = observe(runner, runner.program(call))[1]
    return records if records or not mutable else observe(runner, runner.program(call, mutable))[1]


def _raised(error: BaseException) -> list[Record]:
    kind = named(type(error))
    if kind is None:
        return []
    text = spoken(error) if is_worded(error) else ""
    message = "" if str(files.folder()) in text else steady(text)
    return [observation("raises", "{result}", kind, message)]


def _left(runner: Runner, plain: Program, outcome: Outcome) -> list[Record]:
    """For a call that shows nothing itself: what a method of its object returns afterwards, and did not before."""
    subject = re.match(r"(\w+)\.", plain.action)
    if subject is None or subject[1] not in outcome.namespace or outcome.consume:
        return []
    value = outcome.namespace[subject[1]]
    by_tests = chain.from_iterable(runner.shown.questions.get(cls.__qualname__, ()) for cls in type(value).__mro__)
    plainly = (f".{name}()" for name in questions(value))
    for asking in chain(islice(by_tests, MOST_ASKED), islice(plainly, MOST_ASKED)):
        question = dataclasses.replace(plain, action=f"{subject[1]}{asking}", expression=True)
        afterwards = dataclasses.replace(question, lines=(*plain.lines, plain.action))
        before, answer = _answer(runner, question, question), _answer(runner, afterwards, question)
        if answer and before is not None and answer != before:
            places = (seen["expression"].replace("{result}", question.action, 1) for seen in answer)
            changed = zip(answer, places, strict=True)
            return [{**seen, "subject": "state", "expression": place} for seen, place in changed]
    return []


def _answer(runner: Runner, asked: Program, plain: Program) -> list[Record] | None:
    """What a question shows; None if it is refused, raises, or returns something that has to be consumed."""
    outcome = runner.run(asked)
    return None if outcome.refusal or outcome.raised or outcome.consume else stated(outcome, plain)
