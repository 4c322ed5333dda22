"""A chosen call as it is shown: its program, and what there is to say of it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from types import ModuleType
from typing import Any

from .. import confine, fork, guard
from ..engine.bounds import DAYS_AHEAD, shifted
from ..express import evaluate
from ..fork import UnableError
from ..objects import aliases
from ..project import module_of
from ..rules import classes
from ..rules.files import listed_backwards
from . import calls, findings, world
from .calls import Call, Program, program
from .command import started_as
from .observe import observe
from .world import Scene

LOOK_SECONDS = 5.0
LOOKS_IN_TIME = 10
GRACE_SECONDS = 10.0
QUOTES = ("'", '"')


def look(scene: Scene, record: dict[str, Any], days: int) -> dict[str, Any]:
    """The `Finding` for a chosen call, looked at with the clock `days` ahead, and then in another place."""
    call = calls.load(record["call"])
    lines = {*record["reached"], *(to for _, to in record["branches"])}
    about = frozenset(word for at in lines for word in re.findall(r"\w+", scene.runner.line(at)))
    wanted = dataclasses.replace(_with_classes(_program(scene, call)), about=about)
    elsewhere = listed_backwards() if days else contextlib.nullcontext()
    random.seed(days)
    with shifted(days), elsewhere, started_as("__main__.py" if days else "pytest"):
        consume, observations = observe(scene.runner, wanted, warns=not scene.warning.isdisjoint(lines))
    program = {"lines": wanted.lines, "action": wanted.action, "expression": wanted.expression}
    return {**record, **program, "consume": consume, "observations": observations}


def _with_classes(wanted: Program) -> Program:
    """It as people write it: only here, since thousands of calls are made meanwhile."""
    *lines, action = classes.unfolded([*wanted.lines, wanted.action])
    return dataclasses.replace(wanted, lines=tuple(lines), action=action)


def _program(scene: Scene, call: Call) -> Program:
    """The program, with a variable for each argument that the call changes, and for what makes a line too long."""
    mutable, apart = calls.changeable(call), calls.lengthy(call, scene.entries)
    if not mutable:
        return program(call, scene.entries, apart)
    hoisted = program(call, scene.entries, mutable)
    _, observations = observe(scene.runner, hoisted)
    looked_at = " ".join(record["expression"] for record in observations if record["subject"] == "state")
    changed = frozenset(name for name in mutable if re.search(rf"(?<![\w.]){re.escape(name)}\b", looked_at))
    return program(call, scene.entries, changed | apart)


def explore(work: dict[str, Any]) -> dict[str, Any]:
    """Do the `Explore` job in `work["job"]`; the answer is the JSON form of `Explored`."""
    job, started = work["job"], time.monotonic()
    module = _imported(job["module"])
    scene = world.build(job, module, work["rootdir"])
    drawn = _apart(work, partial(findings.search, job, scene, started), job["seconds"] + GRACE_SECONDS)
    if "why" in drawn:
        raise RuntimeError(f"the search ended by {drawn['why']}")
    if "ended" in drawn:  # by what was called: the process is gone, or goes on for ever
        return {"type": "explored", "findings": [], "executions": 0, "dropped": {"search ended early": 1}}
    shown, dropped = _looks(work, scene, drawn)
    return {
        "type": "explored",
        "findings": shown,
        "executions": drawn["executions"],
        "aliases": aliases(json.dumps(shown, ensure_ascii=False), sys.modules),
        "dropped": dropped,
        "ideas": drawn["ideas"],
        "corpus": drawn["corpus"],
    }


def _imported(name: str) -> ModuleType:
    try:
        return module_of(name)
    except Exception as error:  # it may be for another platform, or need what is not installed
        reason = f"{type(error).__name__}: {error}".removesuffix(": ")
        raise UnableError(f"{reason} (when {name} was imported)") from error


def _apart(work: dict[str, Any], action: Callable[[], dict[str, Any]], seconds: float) -> dict[str, Any]:
    """What `action` answers in a fork that may start no programs."""

    def narrowed() -> dict[str, Any]:
        guard.install(work["scratch"], work["rootdir"], subprocesses=False)
        confine.narrow(work["confinement"])
        return action()

    return fork.run(narrowed, seconds)


def _looks(
    work: dict[str, Any], scene: world.Scene, drawn: dict[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """What each found call did, of those that did the same each time; and why the others are left out."""
    shown, dropped = [], Counter(drawn["dropped"])
    seconds = max(LOOK_SECONDS, work["job"]["seconds"] / LOOKS_IN_TIME)
    for record in drawn["found"]:
        first, *others = (_apart(work, partial(look, scene, record, days), seconds) for days in DAYS_AHEAD)
        alike = _alike(first, others)
        objection = _objection(first, others, alike)
        if not objection:
            shown.append(alike)
        elif not record.get("spare"):
            dropped[objection] += 1
    return shown, dict(dropped)


def _alike(first: dict[str, Any], others: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """It with what was seen each time: of a text that is another one each time how long it is."""
    if "ended" in first or any("ended" in other for other in others):
        return first
    pairs = (zip(first["observations"], other["observations"], strict=False) for other in others)
    steady = [one for seen in pairs for pair in seen if (one := _steady(*pair)) is not None]
    return {**first, "observations": steady} if others else first


def _steady(first: dict[str, Any], other: dict[str, Any]) -> dict[str, Any] | None:
    """What both times was seen, None where that is nothing."""
    if first == other:
        return first
    if first | {"value": ""} != other | {"value": ""} or first["form"] != "equal":
        return None
    texts = [str(evaluate(value)) for value in (first["value"], other["value"]) if value[:1] in QUOTES]
    if len(texts) != len((first, other)) or len({len(text) for text in texts}) != 1 or not _is_random(*texts):
        return None
    return {**first, "expression": f"len({first['expression']})", "value": str(len(texts[0]))}


def _is_random(text: str, other: str) -> bool:
    """Whether texts are drawn by chance: of numbers, dates, and how Python shows things, the length may vary."""
    apart = "".join(one for one, same in zip(text, other, strict=False) if one != same)
    return any(map(str.isalpha, apart)) and "\\" not in text + other


def _objection(first: dict[str, Any], others: Sequence[dict[str, Any]], alike: dict[str, Any]) -> str:
    """Why no test should be made of what was seen, "" when one may."""
    if "ended" in first or any(other | {"observations": first.get("observations")} != first for other in others):
        return "not the same each time"
    if alike["observations"]:
        return ""
    return "not the same each time" if first["observations"] else "nothing to observe"
