"""Objects that functions give which tests call: what is in their results, and the way to it as a template."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import inspect
import itertools
import re
import types
from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import Any

from ..engine.trace import MOST_STEPS, Tracer
from ..express import evaluable
from ..rules import classes, environment, rule, state, written
from ..rules.body import answers, nodes, parameters
from ..rules.evidence import constructor
from ..rules.values import World
from . import calls, command, hooks, shown
from .calls import Call
from .contract import warning_lines
from .entry import ENTERING, Entry, finished
from .inputs import Inputs
from .run import CALL_SECONDS, Runner
from .shown import as_it_stands, find, is_read, owner_of, step_elsewhere, ways_elsewhere
from .supply import Known, Seen
from .varied import Given, Varied

MOST_PATTERNS = 8
FILLED: Mapping[type, str] = {list: "[1]", dict: "{'a': 1}"}
"""What is put into a list or a dict that an object is made with nothing in."""
VALUE = {"name": "value", "kind": "positional", "default": None}
CALLS_IN_TIME = 30
MOST_WRITERS, FEW_CALLS = 4, 3
"""Of methods that leave an object in another state, and of calls of each."""


@dataclasses.dataclass(frozen=True)
class Scene:
    """The file under test, the functions to call, what is known of their inputs, and its `warned.lines`."""

    module: types.ModuleType
    runner: Runner
    entries: Mapping[str, Entry]
    inputs: tuple[Inputs, ...]
    given: Given
    warning: frozenset[int]


def build(job: dict[str, Any], module: types.ModuleType, root: str) -> Scene:
    """The scene of an `Explore` job; entries that are not there at run time are left out."""
    job = {**job, "entries": [*hooks.entered(job["entries"], module)]}
    ways = tuple(ways_elsewhere(job))
    made = [*itertools.chain.from_iterable(entry["calls"] for entry in job["entries"])]
    beside = [calls.load(one) for one in (*job["neighbours"], *made)]
    world = _world(job, module, root)
    entries = [_of_job(e, module) for e in job["entries"]]
    seen = shown.of_job(job, entries, module)
    # Calls that are only to be looked at come with their steps, and with nothing else that tests do.
    starts = [calls.load(one) for one in job["starts"]]
    alone = Seen((), {}, setups=tuple(one.setup for one in (*map(calls.load, job["only"]), *starts)))
    steps = _steps([*seen, alone, *(way.seen for way in ways)], module, world, job["seed"])
    known = [
        Known(entry, some, function, owner_of(entry, module))
        for entry, some in zip(entries, seen, strict=True)
        if (function := _callable(entry, module)) is not None
    ]
    is_known = any(one.entry.is_named and one.seen.calls for one in known)
    inputs = [Inputs(one, world, job["seed"], steps) for one in (*known, *ways)]
    for one in inputs:
        one.is_detour = is_known if one.entry.is_elsewhere else bool(ways) and not one.entry.is_named
        for filled, kind in _fillable(one):
            function = command.signature([{"name": "value", "type": kind}])
            steps[filled.key] = Inputs(Known(filled, Seen((), {}), function), world, job["seed"])
            one.setups.append((Call(filled.key, (("value", FILLED[kind]),)),))
        one.setups += _prepared(one, steps, module, world, job["seed"])
        one.patched = tuple(environment.asked(module, one.function))
    called = {name: one.entry for name, one in steps.items()}
    called |= {entry.key: entry for entry in (*entries, *(way.entry for way in ways))}
    filename = inspect.getsourcefile(module) or module.__file__ or ""
    tracer = Tracer(filename, dict(map(tuple, job["statements"])), MOST_STEPS)
    # Where there is ample time, a slow machine ends no call that a fast one lets go on.
    seconds = max(CALL_SECONDS, float(job["seconds"]) / CALLS_IN_TIME)
    runner = Runner(tracer, called, root, seconds, frozenset(job["expected"]))
    for one in inputs:
        one.starts += [call for call in starts if call.qualname == one.entry.key]
    asked = [
        calls.load(one)
        for one in (*job["neighbours"], *made)
        if one.get("receiver") is not None and not one.get("inside")
    ]
    given = Given(module.__name__, beside, asked, world, job["seed"])
    return Scene(module, runner, called, tuple(inputs), given, warning_lines(filename))


@rule("attributes filled")
def _fillable(inputs: Inputs) -> Iterator[tuple[Entry, type]]:
    """The public attributes that a method reads and that no constructor puts anything in, and their types."""
    function = getattr(inputs.function, "fget", inputs.function)
    read = {node.attr for node in nodes(function) if isinstance(node, ast.Attribute) and node.attr[:1] != "_"}
    receivers = inputs.receivers[:1] if inputs.entry.needs_receiver and not inputs.setups else ()
    for _, made in evaluable(receivers):
        kind: Any = type(made)
        maker = constructor(kind)
        given = {one.name for one in maker.parameters} if maker is not None else set[str]()
        for name, held in getattr(made, "__dict__", {}).items():
            if name in read - given and type(held) in FILLED and not held:
                yield Entry(inputs.entry.module, f"{inputs.entry.owner}.{name}=", "setter", (VALUE,)), type(held)


def _prepared(
    one: Inputs, steps: dict[str, Inputs], module: types.ModuleType, world: World, seed: int
) -> Iterator[tuple[Call, ...]]:
    """What leaves its object in another state: one method before, or two; of each method a few calls."""
    if one.owner is None or not one.entry.needs_receiver or one.entry.is_elsewhere:
        return
    function = getattr(one.function, "fget", one.function)
    made: list[list[Call]] = []
    for name in itertools.islice(state.writers(one.owner, function, one.entry.name), MOST_WRITERS):
        key = f"{one.entry.owner}.{name}"
        if key not in steps:
            called = Known(_entry(module.__name__, key, module), Seen((), {}), find(module, key))
            steps[key] = Inputs(called, world, seed)
        if not any(steps[key].pools[parameter].is_unknown for parameter in steps[key].required):
            chance = Random(seed)  # noqa: S311 - no secret
            made.append([Varied(steps[key], chance).any(()) for _ in range(FEW_CALLS)])
    yield from ((call,) for several in made for call in dict.fromkeys(several))
    yield from itertools.permutations((several[0] for several in made), 2)


def _world(job: Mapping[str, Any], module: types.ModuleType, root: str) -> World:
    """What is known of values, whatever takes them."""
    made = [calls.load(record) for record in job["constructors"]]
    objects, patterns = _objects(job, made, module), _patterns(module, job["entries"])
    spoken = tuple(classes.spoken(module, (find(module, entry["qualname"]) for entry in job["entries"])))
    known = tuple(written.values(job, module, root))
    constants = (*job["constants"], *classes.contents(module))
    return World(constants, objects, patterns, known, job["contents"], spoken)


def _steps(seen: Iterable[Seen], module: types.ModuleType, world: World, seed: int) -> dict[str, Inputs]:
    """What is known about the methods that tests call on objects before, by what their calls name them by."""
    made: dict[str, list[Call]] = {}
    for step in itertools.chain.from_iterable(one.steps for one in seen):
        made.setdefault(step.qualname, []).append(step)
    found = {}
    for name, some in made.items():
        own = _entry(module.__name__, name, module), find(module, name)
        entry, function = step_elsewhere(name) if ":" in name else own
        found[name] = Inputs(Known(entry, Seen(tuple(dict.fromkeys(some)), {}), function), world, seed)
    return found


def _of_job(record: Mapping[str, Any], module: types.ModuleType) -> Entry:
    """An entry of the job; where click made a command of the function, that is what is called."""
    found = find(module, record["qualname"])
    called = next(iter(_lines(found, module)), None)
    if called is not None:
        described = tuple(command.parameters(found, called))
        return Entry(module.__name__, record["qualname"], "function", described, line=called)
    name, kind, declared = record["qualname"], record["kind"], tuple(record["parameters"])
    declared = () if name.rpartition(".")[2] in ENTERING else declared
    if kind == "method" and is_read(as_it_stands(module, name)):
        kind = "property"
    marks = {"finished": finished(found), "is_named": record["is_named"]}
    return Entry(module.__name__, name, kind, declared, answers(found), **marks)


@rule("command lines")
def _lines(found: object, module: types.ModuleType) -> Iterator[command.Line]:
    """How a command of click is called."""
    called = command.line(found, module) if command.is_command(found) else None
    yield from [called] if called is not None else []


def _callable(entry: Entry, module: types.ModuleType) -> object:
    found = find(module, entry.qualname)
    return found if entry.line is None else command.signature(list(entry.parameters))


def _patterns(module: types.ModuleType, entries: Iterable[Mapping[str, Any]]) -> list[re.Pattern[Any]]:
    """The module's compiled patterns, and those that the entries write where they use them."""
    held = [one for one in vars(module).values() if type(one) is re.Pattern]  # a proxy may lie about its class
    for entry in entries:
        for node in nodes(find(module, entry["qualname"])):
            first = node.args[0] if isinstance(node, ast.Call) and node.args else None
            called = node.func if isinstance(node, ast.Call) else None
            of_re = isinstance(called, ast.Attribute) and getattr(called.value, "id", "") == "re"
            if of_re and isinstance(first, ast.Constant) and isinstance(first.value, str):
                with contextlib.suppress(re.error):
                    held.append(re.compile(first.value))
    return list(dict.fromkeys(held))[:MOST_PATTERNS]


def _entry(module: str, qualname: str, where: object) -> Entry:
    """An entry for a function that only set-ups call, read off the function itself."""
    function = find(where, qualname)
    return Entry(module, qualname, "method", parameters(function, bound=True), finished=finished(function))


def _objects(job: Mapping[str, Any], made: Iterable[Call], where: types.ModuleType) -> dict[type, list[str]]:
    """Templates of the objects that tests made, by their class."""
    found: dict[type, list[str]] = {}
    texts = [call.receiver or _construction(job["module"], call, where) for call in made]
    for text, value in evaluable(texts):
        found.setdefault(type(value), []).append(text)
    return found


def _construction(module: str, call: Call, where: types.ModuleType) -> str:
    entry = _entry(module, f"{call.qualname}.__init__", where)
    return calls.program(dataclasses.replace(call, qualname=entry.qualname), {entry.qualname: entry}).action
