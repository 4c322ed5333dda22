"""What a job says, made into what the search works with."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import types
from collections.abc import Iterable, Mapping
from typing import Any

from .. import express
from . import calls
from .calls import Call, Entry
from .evidence import nodes
from .inputs import Inputs, Seen
from .run import Runner
from .trace import Tracer
from .values import World, evaluable


@dataclasses.dataclass(frozen=True)
class Scene:
    """The file under test, the functions to call, and what is known of their inputs."""

    runner: Runner
    entries: Mapping[str, Entry]
    inputs: tuple[Inputs, ...]


def build(job: dict[str, Any], module: types.ModuleType, root: str) -> Scene:
    """The scene of an `Explore` job; entries that are not there at run time are left out."""
    made = [calls.load(record) for record in job["constructors"]]
    beside = [calls.load(record) for record in job["neighbours"]]
    world = World(job["constants"], _objects(job["module"], made, module))
    entries = [
        Entry(
            job["module"], e["qualname"], e["kind"], tuple(e["parameters"]), answers(find(module, e["qualname"]))
        )
        for e in job["entries"]
    ]
    known = {entry.qualname: entry for entry in entries}
    seen = [[calls.load(record) for record in e["calls"]] for e in job["entries"]]
    for step in {step.qualname for many in seen for call in many for step in call.setup}:
        known.setdefault(step, _entry(job["module"], step, module))
    inputs = [
        Inputs(
            entry,
            Seen(tuple(some), namesakes(beside)),
            function,
            world,
            owner_of(entry, module),
            job["seed"],
        )
        for entry, some in zip(entries, seen, strict=True)
        if (function := find(module, entry.qualname)) is not None
    ]
    filename = inspect.getsourcefile(module) or module.__file__ or ""
    tracer = Tracer(filename, dict(map(tuple, job["statements"])))
    return Scene(Runner(tracer, known, root), known, tuple(inputs))


def namesakes(others: Iterable[Call]) -> dict[str, list[str]]:
    """What was passed to parameters of other functions, by the parameter's name."""
    found: dict[str, list[str]] = {}
    for call in others:
        for name, value in call.arguments:
            if name and value not in found.setdefault(name, []):
                found[name].append(value)
    return found


def find(module: object, qualname: str) -> Any:
    """The object of that qualified name, bound or not, or None."""
    found = module
    for part in qualname.split("."):
        found = inspect.getattr_static(found, part, None)
    if isinstance(found, property):
        return found.fget
    return found.__func__ if isinstance(found, classmethod | staticmethod) else found


def answers(function: object) -> bool:
    """Whether a function returns anything but None somewhere, as far as its source tells."""
    returned = [node.value for node in nodes(function) if isinstance(node, ast.Return | ast.Yield)]
    silent = all(value is None or (isinstance(value, ast.Constant) and value.value is None) for value in returned)
    return not silent or isinstance(function, type)


def owner_of(entry: Entry, module: object) -> type | None:
    """The class whose objects the entry is called on."""
    owner = find(module, entry.owner) if entry.owner else None
    return owner if isinstance(owner, type) else None


def _entry(module: str, qualname: str, where: object) -> Entry:
    """An entry for a function that only set-ups call, read off the function itself."""
    function = find(where, qualname)
    kinds = {
        inspect.Parameter.POSITIONAL_ONLY: "positional only",
        inspect.Parameter.POSITIONAL_OR_KEYWORD: "positional",
        inspect.Parameter.VAR_POSITIONAL: "variadic",
        inspect.Parameter.KEYWORD_ONLY: "keyword only",
        inspect.Parameter.VAR_KEYWORD: "keywords",
    }
    try:
        parameters = list(inspect.signature(function).parameters.values())[1:]
    except (TypeError, ValueError):
        parameters = []
    described = tuple({"name": p.name, "kind": kinds[p.kind]} for p in parameters)
    return Entry(module, qualname, "method", described)


def _objects(module: str, made: Iterable[Call], where: types.ModuleType) -> dict[type, list[str]]:
    """Templates of the objects that tests made, by their class."""
    found: dict[type, list[str]] = {}
    texts = [call.receiver or _construction(module, call, where) for call in made]
    for text, value in evaluable(texts):
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


def aliases(text: str, modules: Mapping[str, object]) -> list[list[str]]:
    """Shorter names of what templates in `text` name: packages above its module that offer the same object."""
    found = []
    for module, qualname in sorted(set(express.NAME.findall(text))):
        name, package = qualname.partition(".")[0], module
        while "." in package:
            package = package.rpartition(".")[0]
            if getattr(modules.get(package), name, None) is getattr(modules.get(module), name, ...):
                found.append([f"{module}:{name}", f"{package}:{name}"])
    return found
