"""A chosen call as it is shown: its program, and what there is to say of it."""

from __future__ import annotations

import contextlib
import dataclasses
import re
from typing import Any

from . import calls, listing
from .argv import started_as
from .calls import Call, Program, program
from .clock import shifted
from .observe import observe
from .world import Scene


def look(scene: Scene, record: dict[str, Any], days: int) -> dict[str, Any]:
    """The `Finding` for a chosen call, looked at with the clock `days` ahead, and then in another place."""
    call = calls.load(record["call"])
    wanted = dataclasses.replace(_program(scene, call), about=_words(scene, record))
    elsewhere = listing.backwards() if days else contextlib.nullcontext()
    with shifted(days), elsewhere, started_as("__main__.py" if days else "pytest"):
        consume, observations = observe(scene.runner, wanted, warns=_is_about_warning(scene, record))
    return {
        **record,
        "lines": wanted.lines,
        "action": wanted.action,
        "expression": wanted.expression,
        "consume": consume,
        "observations": observations,
    }


def _words(scene: Scene, record: dict[str, Any]) -> frozenset[str]:
    """The words of the lines that a chosen call reaches."""
    return frozenset(word for at in _lines(record) for word in re.findall(r"\w+", scene.runner.line(at)))


def _is_about_warning(scene: Scene, record: dict[str, Any]) -> bool:
    """Whether what a chosen call reaches is there to warn."""
    return not scene.warning.isdisjoint(_lines(record))


def _lines(record: dict[str, Any]) -> set[int]:
    """The lines that a chosen call reaches."""
    return {*record["reached"], *(to for _, to in record["branches"])}


def _program(scene: Scene, call: Call) -> Program:
    """The program, with a variable for each argument that the call changes."""
    mutable = calls.changeable(call)
    if not mutable:
        return program(call, scene.entries)
    hoisted = program(call, scene.entries, mutable)
    _, observations = observe(scene.runner, hoisted)
    looked_at = " ".join(record["expression"] for record in observations if record["subject"] == "state")
    changed = frozenset(name for name in mutable if re.search(rf"(?<![\w.]){re.escape(name)}\b", looked_at))
    return program(call, scene.entries, changed)
