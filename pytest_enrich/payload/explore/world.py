"""The scene of an `Explore` job: the functions to call, and what is known of their inputs."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import inspect
import itertools
import re
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeGuard

from ..engine.trace import MOST_STEPS, Tracer
from ..express import evaluable
from ..rules import classes, environment, keywords, rule, written
from ..rules.body import answers, asked_by, described, nodes, parameters
from ..rules.evidence import constructor
from ..rules.values import World
from . import calls, command, shown
from .calls import Call
from .entry import ENTERING, MAKERS, OPERATORS, Entry, finished
from .inputs import Inputs
from .run import CALL_SECONDS, Runner, Shown
from .shown import as_it_stands, find, is_read, owner_of, step_elsewhere, ways_elsewhere
from .supply import Known, Seen
from .varied import Given

MOST_PATTERNS = 8
FILLED: Mapping[type, str] = {list: "[1]", dict: "{'a': 1}"}
"""What is put into a list or a dict that an object starts with empty."""
VALUE = {"name": "value", "kind": "positional", "default": None}
CALLS_IN_TIME = 30
MOST_CALLERS = 3
PUBLIC = {*OPERATORS, *MAKERS, "__call__"}


@dataclasses.dataclass(frozen=True)
class Scene:
    """The file under test, the functions to call, and what is known of their inputs."""

    module: types.ModuleType
    runner: Runner
    entries: Mapping[str, Entry]
    inputs: tuple[Inputs, ...]
    given: Given


def build(job: dict[str, Any], module: types.ModuleType, root: str) -> Scene:
    """The scene of an `Explore` job; entries that are not there at run time are left out."""
    job = {**job, "entries": [*entered(job["entries"], module)]}
    ways = tuple(ways_elsewhere(job))
    made = [*itertools.chain.from_iterable(entry["calls"] for entry in job["entries"])]
    beside = [calls.load(record) for record in (*job["neighbours"], *made)]
    world = _world(job, module, root)
    entries = [_of_job(record, module) for record in job["entries"]]
    seen = shown.of_job(job, entries, module, root)
    # Calls that are only to be looked at bring their own steps, and nothing else that tests do.
    starts = [calls.load(record) for record in job["starts"]]
    alone = Seen((), {}, setups=tuple(call.setup for call in (*map(calls.load, job["only"]), *starts)))
    steps = _steps([*seen, alone, *(way.seen for way in ways)], module, world, job["seed"])
    found = [
        Known(entry, shown_of_entry, _callable(entry, module), owner_of(entry, module))
        for entry, shown_of_entry in zip(entries, seen, strict=True)
    ]
    known = [candidate for candidate in found if candidate.function is not None]
    is_known = any(candidate.entry.is_named and candidate.seen.calls for candidate in known)
    inputs = [Inputs(candidate, world, job["seed"], steps) for candidate in (*known, *ways)]
    for function_inputs in inputs:
        function_inputs.is_detour = (
            is_known if function_inputs.entry.is_elsewhere else bool(ways) and not function_inputs.entry.is_named
        )
        for filled, kind in _fillable(function_inputs):
            function = command.signature([{"name": "value", "type": kind}])
            steps[filled.key] = Inputs(Known(filled, Seen((), {}), function), world, job["seed"])
            function_inputs.setups.append((Call(filled.key, (("value", FILLED[kind]),)),))
        function_inputs.patched = tuple(environment.asked(module, function_inputs.function))
    entry_of = {name: step.entry for name, step in steps.items()}
    entry_of |= {entry.key: entry for entry in (*entries, *(way.entry for way in ways))}
    filename = inspect.getsourcefile(module) or module.__file__ or ""
    tracer = Tracer(filename, dict(map(tuple, job["statements"])), MOST_STEPS)
    # With ample time, a slow machine must not end a call that a fast one would let finish.
    seconds = max(CALL_SECONDS, float(job["seconds"]) / CALLS_IN_TIME)
    by_tests = Shown(frozenset(job["expected"]), _questions(beside, module))
    runner = Runner(tracer, entry_of, root, seconds, by_tests)
    for function_inputs in inputs:
        function_inputs.starts += [call for call in starts if call.qualname == function_inputs.entry.key]
    given = Given(beside, world, job["seed"])
    return Scene(module, runner, entry_of, tuple(inputs), given)


@rule("attributes filled")
def _fillable(inputs: Inputs) -> Iterator[tuple[Entry, type]]:
    """The public attributes that a method reads and that the constructor leaves empty, and their types."""
    function = getattr(inputs.function, "fget", inputs.function)
    read = {node.attr for node in nodes(function) if isinstance(node, ast.Attribute) and node.attr[:1] != "_"}
    receivers = inputs.receivers[:1] if inputs.entry.needs_receiver and not inputs.setups else ()
    for _, made in evaluable(receivers):
        kind: Any = type(made)
        maker = constructor(kind)
        given_names = {parameter.name for parameter in maker.parameters} if maker is not None else set[str]()
        for name, value in getattr(made, "__dict__", {}).items():
            if name in read - given_names and type(value) in FILLED and not value:
                yield Entry(inputs.entry.module, f"{inputs.entry.owner}.{name}=", "setter", (VALUE,)), type(value)


@rule("questions of tests")
def _asked(call: Call, module: types.ModuleType) -> Iterator[str]:
    """How a test asks an object something, behind the object: `.get("a")`; methods without arguments are known."""
    own = call.qualname.rpartition(".")[2]
    function = find(module, call.qualname)
    if call.receiver and call.arguments and own[:1] != "_" and answers(function):
        entry, _ = _step(call.qualname, module)
        asked = dataclasses.replace(call, setup=(), then=(), patched=())
        variable, dot, question = calls.program(asked, {call.qualname: entry}).action.partition(".")
        yield from [dot + question] if variable.isidentifier() else []


def _questions(beside: Iterable[Call], module: types.ModuleType) -> dict[str, tuple[str, ...]]:
    """What tests ask objects, by the qualified name of the class, the shortest first."""
    asked: dict[str, dict[str, None]] = {}
    for call in beside:
        asked.setdefault(call.qualname.rpartition(".")[0], {}).update(dict.fromkeys(_asked(call, module)))
    return {owner: tuple(sorted(questions, key=len)) for owner, questions in asked.items()}


def _world(job: Mapping[str, Any], module: types.ModuleType, root: str) -> World:
    """What is known of values, whatever takes them."""
    makers = [calls.load(record) for record in job["constructors"]]
    objects, patterns = _objects(makers), _patterns(module, job["entries"])
    spoken = tuple(classes.spoken(module, (find(module, entry["qualname"]) for entry in job["entries"])))
    known = tuple(written.values(job, module, root))
    constants = (*job["constants"], *classes.contents(module))
    return World(constants, objects, patterns, known, job["contents"], spoken)


def _steps(seen: Iterable[Seen], module: types.ModuleType, world: World, seed: int) -> dict[str, Inputs]:
    """What is known about the methods that tests call on objects first, by the name that calls use for them."""
    calls_of: dict[str, list[Call]] = {}
    for step in itertools.chain.from_iterable(shown_of_entry.steps for shown_of_entry in seen):
        calls_of.setdefault(step.qualname, []).append(step)
    inputs = {}
    for name, steps in calls_of.items():
        entry, function = step_elsewhere(name) if ":" in name else _step(name, module)
        inputs[name] = Inputs(Known(entry, Seen(tuple(dict.fromkeys(steps)), {}), function), world, seed)
    return inputs


def _of_job(record: Mapping[str, Any], module: types.ModuleType) -> Entry:
    """An entry of the job; if click made a command of the function, the command is what is called."""
    function = find(module, record["qualname"])
    line = next(iter(_lines(function, module)), None)
    if line is not None:
        options = tuple(command.parameters(function, line))
        return Entry(module.__name__, record["qualname"], "function", options, line=line)
    name, kind, declared = record["qualname"], record["kind"], tuple(record["parameters"])
    declared = () if name.rpartition(".")[2] in ENTERING else tuple(_declared(function, declared))
    if kind == "method" and is_read(as_it_stands(module, name)):
        kind = "property"
    marks = {"finished": finished(function), "is_named": record["is_named"]}
    return Entry(module.__name__, name, kind, declared, answers(function), **marks)


def _declared(function: object, declared: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """What a function declares, and what it takes from its `**kwargs`, which may be all that these may hold."""
    known = {parameter["name"] for parameter in declared}
    takes_any = any(parameter["kind"] == "keywords" for parameter in declared)
    yield from (each for each in declared if each["kind"] != "keywords" or keywords.is_open(function))
    yield from (described(taken) for taken in keywords.taken(function) if takes_any and taken.name not in known)


@rule("command lines")
def _lines(found: object, module: types.ModuleType) -> Iterator[command.Line]:
    """How a click command is called, if it is one that has a name."""
    line = command.line(found, module) if command.is_command(found) else None
    yield from [line] if line is not None else []


def _callable(entry: Entry, module: types.ModuleType) -> object:
    function = find(module, entry.qualname)
    return function if entry.line is None else command.signature(list(entry.parameters))


def _patterns(module: types.ModuleType, entries: Iterable[Mapping[str, Any]]) -> list[re.Pattern[Any]]:
    """The module's compiled patterns, and those written in calls of `re` in the entries."""
    # A proxy may lie about its class.
    compiled = [value for value in vars(module).values() if type(value) is re.Pattern]
    for node in itertools.chain.from_iterable(nodes(find(module, entry["qualname"])) for entry in entries):
        match node:
            case ast.Call(ast.Attribute(ast.Name("re")), [ast.Constant(str(pattern)), *_]):
                with contextlib.suppress(re.error):
                    compiled.append(re.compile(pattern))
    return list(dict.fromkeys(compiled))[:MOST_PATTERNS]


def _step(qualname: str, module: types.ModuleType) -> tuple[Entry, object]:
    """A method of the module that only set-ups call, described from the function itself."""
    function = find(module, qualname)
    declared = parameters(function, bound=True)
    return Entry(module.__name__, qualname, "method", declared, finished=finished(function)), function


def _objects(made: Iterable[Call]) -> dict[type, list[str]]:
    """Templates of the objects that tests made, by class."""
    templates: dict[type, list[str]] = {}
    for text, value in evaluable([call.receiver for call in made if call.receiver]):
        templates.setdefault(type(value), []).append(text)
    return templates


def entered(records: Iterable[Mapping[str, Any]], module: types.ModuleType) -> Iterator[Mapping[str, Any]]:
    """The entries of a job, with each hook replaced by the inherited methods that lead to it."""
    for record in records:
        yield from islice(_inherited(record, module), MOST_CALLERS) if record["kind"] == "hook" else [record]


@rule("inherited callers")
def _inherited(record: Mapping[str, Any], module: types.ModuleType) -> Iterator[Mapping[str, Any]]:
    """The public methods that lead to a method which its own module does not call, the nearest first.

    The `run()` of a base class calls `self._step()`.
    """
    above, _, name = record["qualname"].rpartition(".")
    owner = find(module, above)
    for caller in callers(owner, name) if isinstance(owner, type) else ():
        member = inspect.getattr_static(owner, caller, None)
        kind = "property" if is_read(member) else type(member).__name__ if _is_apart(member) else "method"
        qualname = f"{above}.{caller}"
        declared = parameters(find(module, qualname), bound=kind != "staticmethod")
        yield {**record, "qualname": qualname, "kind": kind, "parameters": declared, "calls": []}


def callers(owner: type, name: str) -> Iterator[str]:
    """The public methods of a class, inherited ones too, that refer to the method `name`, even indirectly."""
    references = {method: _names(member) for cls in owner.__mro__[::-1] for method, member in vars(cls).items()}
    wanted, left = {name}, {method: names for method, names in references.items() if names and method != name}
    while referring := [method for method, names in left.items() if names & wanted]:
        public = [method for method in referring if method[:1] != "_" or method in PUBLIC]
        # An iterator is called for all that it yields, so that `__iter__` stands for `__next__`.
        yield from dict.fromkeys(
            "__iter__" if method == "__next__" and "__iter__" in references else method for method in public
        )
        wanted = {*referring} - {*public} | ({*public} & MAKERS)
        left = {method: names for method, names in left.items() if method not in referring}


def _names(held: object) -> frozenset[str]:
    """The names that a function of a class refers to; it may be a property, a class method or a static method."""
    function: object = held.fget if isinstance(held, property) else held.__func__ if _is_apart(held) else held
    return frozenset(asked_by(function.__code__) if isinstance(function, types.FunctionType) else ())


def _is_apart(held: object) -> TypeGuard[classmethod[Any, Any, Any] | staticmethod[Any, Any]]:
    return isinstance(held, classmethod | staticmethod)
