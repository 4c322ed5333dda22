"""Objects that functions give which tests call: what is in their results, and the way to it as a template."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import inspect
import itertools
import re
import types
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from types import FunctionType, ModuleType
from typing import Any

from ..engine.bounds import quiet, time_limit
from ..engine.trace import MOST_STEPS, TooLongError, Tracer
from ..express import evaluate
from . import calls, command, shown
from .body import answers, nodes, parameters
from .calls import Call
from .contract import warning_lines
from .entry import Entry
from .inputs import Inputs
from .pool import Seen
from .run import CALL_SECONDS, Runner
from .shown import Way, example_objects, find, owner_of, step_elsewhere, ways_elsewhere
from .values import World, evaluable
from .varied import Given

MOST_CALLS = 12
MOST_OF_A_CLASS = 6
MOST_SEEN, MOST_ITEMS, DEEPEST = 120, 5, 4
SECONDS = 0.3
NOT_LOOKED_INTO = (str, bytes, int, float, complex, bool, type(None), type, FunctionType, ModuleType)
MOST_PATTERNS = 8
CALLS_IN_TIME = 30


def made_objects(templates: Iterable[str], seconds: float = SECONDS) -> dict[type, list[str]]:
    """Templates of the objects of the project's classes in what these calls give, by class; the nearest first.

    A call that takes longer than `seconds`, or does not end well, gives none.
    """
    found: dict[type, list[str]] = {}
    for template in sorted(dict.fromkeys(templates), key=len)[:MOST_CALLS]:
        for path, value in _inside(_made(template, seconds)):
            held = found.setdefault(type(value), [])
            if len(held) < MOST_OF_A_CLASS:
                held.append(f"{template}{path}")
    return found


def _made(template: str, seconds: float) -> object:
    """What the call gives, None when it does not end well."""
    try:
        with quiet(), time_limit(seconds):
            return evaluate(template)
    except (Exception, SystemExit, TooLongError):
        return None


def _inside(result: object) -> Iterator[tuple[str, object]]:
    """The objects of classes that are no built-in ones, each once, with the way to them."""
    waiting: deque[tuple[str, int, Any]] = deque([("", 0, result)])
    seen: dict[int, object] = {}
    while waiting and len(seen) < MOST_SEEN:
        path, depth, value = waiting.popleft()
        if isinstance(value, NOT_LOOKED_INTO) or id(value) in seen:
            continue
        seen[id(value)] = value
        if type(value).__module__ != "builtins":
            yield path, value
        if depth < DEEPEST:
            waiting.extend((f"{path}{step}", depth + 1, part) for step, part in _parts(value))


def _parts(value: object) -> list[tuple[str, object]]:
    """What it holds, and how to come to it; properties may do anything, and are left alone."""
    if isinstance(value, list | tuple):
        return [(f"[{at}]", part) for at, part in enumerate(value[:MOST_ITEMS])]
    if isinstance(value, Mapping):
        return [(f"[{key!r}]", part) for key, part in [*value.items()][:MOST_ITEMS] if isinstance(key, str)]
    return [(f".{name}", part) for name, part in getattr(value, "__dict__", {}).items() if name[:1] != "_"]


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
    ways = tuple(ways_elsewhere(job))
    own = itertools.chain.from_iterable(entry["calls"] for entry in job["entries"])
    beside = [calls.load(one) for one in (*job["neighbours"], *own)]
    world = _world(job, module, ways, beside)
    entries = [_of_job(e, module) for e in job["entries"]]
    seen = shown.of_job(job, entries, module)
    # Calls that are only to be looked at come with their steps, and with nothing else that tests do.
    alone = Seen((), {}, setups=tuple(calls.load(one).setup for one in job["only"]))
    steps = _steps([*seen, alone, *(way.seen for way in ways)], module, world, job["seed"])
    inputs = [
        Inputs(entry, some, function, world, owner_of(entry, module), job["seed"], steps)
        for entry, some in zip(entries, seen, strict=True)
        if (function := _callable(entry, module)) is not None
    ]
    inputs += [Inputs(way.entry, way.seen, way.function, world, way.owner, job["seed"], steps) for way in ways]
    known = {name: one.entry for name, one in steps.items()}
    known |= {entry.key: entry for entry in (*entries, *(way.entry for way in ways))}
    runner = _runner(job, module, known, root)
    return Scene(
        module, runner, known, tuple(inputs), Given(beside, world, job["seed"]), warning_lines(runner.filename)
    )


def _world(job: Mapping[str, Any], module: types.ModuleType, ways: Iterable[Way], beside: Iterable[Call]) -> World:
    """What is known of values, whatever takes them."""
    made = [calls.load(record) for record in job["constructors"]]
    objects, patterns = _objects(job, made, module), _patterns(module, job["entries"])
    given = partial(made_objects, [*_given(ways), *_beside(beside, module)], _seconds(job))
    return World(job["constants"], objects, patterns, given)


def _runner(job: Mapping[str, Any], module: types.ModuleType, known: Mapping[str, Entry], root: str) -> Runner:
    filename = inspect.getsourcefile(module) or module.__file__ or ""
    return Runner(Tracer(filename, dict(map(tuple, job["statements"])), MOST_STEPS), known, root, _seconds(job))


def _seconds(job: Mapping[str, Any]) -> float:
    """The most for one call: where there is ample time, a slow machine ends none that a fast one lets go on."""
    return max(CALL_SECONDS, float(job["seconds"]) / CALLS_IN_TIME)


def _steps(seen: Iterable[Seen], module: types.ModuleType, world: World, seed: int) -> dict[str, Inputs]:
    """What is known about the methods that tests call on objects before, by what their calls name them by."""
    made: dict[str, list[Call]] = {}
    for step in itertools.chain.from_iterable(one.steps for one in seen):
        made.setdefault(step.qualname, []).append(step)
    found = {}
    for name, some in made.items():
        entry, function = step_elsewhere(name) if ":" in name else _step(name, module)
        found[name] = Inputs(entry, Seen(tuple(dict.fromkeys(some)), {}), function, world, None, seed)
    return found


def _step(name: str, module: types.ModuleType) -> tuple[Entry, object]:
    return _entry(module.__name__, name, module), find(module, name)


def _given(ways: Iterable[Way]) -> Iterator[str]:
    """The calls of functions elsewhere."""
    for way in ways:
        if way.owner is None:
            yield from (calls.program(call, {way.entry.key: way.entry}).action for call in way.seen.calls)


def _beside(beside: Iterable[Call], module: types.ModuleType) -> Iterator[str]:
    """The calls of functions of the module itself."""
    for call in beside:
        function = find(module, call.qualname)
        if "." not in call.qualname and inspect.isfunction(function) and not call.then:
            entry = Entry(module.__name__, call.qualname, "function", parameters(function, bound=False))
            yield calls.program(call, {call.qualname: entry}).action


def _of_job(record: Mapping[str, Any], module: types.ModuleType) -> Entry:
    """An entry of the job; where click made a command of the function, that is what is called."""
    found = find(module, record["qualname"])
    called = command.line(found, module) if command.is_command(found) else None
    if called is not None:
        described = tuple(command.parameters(found, called))
        return Entry(module.__name__, record["qualname"], "function", described, line=called)
    declared = tuple(record["parameters"])
    is_async = inspect.iscoroutinefunction(found)
    return Entry(module.__name__, record["qualname"], record["kind"], declared, answers(found), is_async=is_async)


def _callable(entry: Entry, module: types.ModuleType) -> object:
    found = find(module, entry.qualname)
    return found if entry.line is None else command.signature(list(entry.parameters))


def _patterns(module: types.ModuleType, entries: Iterable[Mapping[str, Any]]) -> list[re.Pattern[Any]]:
    """The module's compiled patterns, and those that the entries write where they use them."""
    held = [one for one in vars(module).values() if isinstance(one, re.Pattern)]
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
    is_async = inspect.iscoroutinefunction(function)
    return Entry(module, qualname, "method", parameters(function, bound=True), is_async=is_async)


def _objects(job: Mapping[str, Any], made: Iterable[Call], where: types.ModuleType) -> dict[type, list[str]]:
    """Templates of the objects that tests made, by their class; and of those that its docstring makes."""
    found: dict[type, list[str]] = {}
    texts = [call.receiver or _construction(job["module"], call, where) for call in made]
    owners = dict.fromkeys(find(where, entry["qualname"].rpartition(".")[0]) for entry in job["entries"])
    documented = (example_objects(one, vars(where)) for one in owners if isinstance(one, type))
    for text, value in evaluable([*texts, *itertools.chain.from_iterable(documented)]):
        found.setdefault(type(value), []).append(text)
    return found


def _construction(module: str, call: Call, where: types.ModuleType) -> str:
    entry = Entry(
        module,
        f"{call.qualname}.__init__",
        "method",
        _entry(module, f"{call.qualname}.__init__", where).parameters,
    )
    return calls.program(dataclasses.replace(call, qualname=entry.qualname), {entry.qualname: entry}).action
